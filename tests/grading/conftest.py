import os
import sys
import warnings
from pathlib import Path

import pytest
from sandbox import NoSandboxError, try_out

sys.path.insert(0, str(Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def sandbox():
    """Let a test run only where a sandbox can be made; in CI bubblewrap has to be installed."""
    try:
        try_out()
    except NoSandboxError as error:
        message = f"NO SANDBOX: grading was not tested. {error}"
        if os.environ.get("CI") and sys.platform == "linux" and "not installed" in message:
            pytest.fail(message)
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
