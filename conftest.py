"""What every call of pytest has in common, those by hand included."""

from typing import Any

import machine
import pytest

machine.enter()

collect_ignore_glob = ["notebooks/exercises/*"]  # handouts are blank; tests/exercises runs them


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: Any) -> None:
    """Keep the cells of a notebook in one worker, since they share a kernel."""
    option = config.option
    whole_files = ("loadscope", "loadfile", "each")
    if _runs_notebooks(config) and getattr(option, "numprocesses", None):
        option.dist = option.dist if option.dist in whole_files else "loadscope"


def pytest_configure(config: Any) -> None:
    """Hold notebooks that nbval runs to what is promised of them; that is what lessons does."""
    if _runs_notebooks(config) and not config.pluginmanager.has_plugin("lessons"):
        config.pluginmanager.import_plugin("lessons")


def _runs_notebooks(config: Any) -> bool:
    return bool(getattr(config.option, "nbval", False))
