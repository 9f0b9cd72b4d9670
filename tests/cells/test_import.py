"""The cells are NumPy alone."""

import subprocess
import sys


def test_importing_the_cells_is_quick():
    """Who reads the cells waits for no framework and for nothing that could ask the network."""
    heavy = "{'keras', 'matplotlib', 'pooch', 'requests', 'scipy', 'sklearn', 'tensorflow'}"
    code = f"import sys, gru_course.cells; print({heavy} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "set()\n", done.stderr
