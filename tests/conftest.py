"""What holds for every test."""

import os
import shutil
from ctypes.util import find_library

import hypothesis
import pytest

from edge.core.process import log

# In continuous integration the same examples every time; a slow machine is no fault of the code.
hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("project")
_TERMINAL: list[pytest.TerminalReporter] = []
"""Where this process reports to; empty in a worker."""


@pytest.fixture(autouse=True)
def the_log_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that a test runs in this process must not bind all loggers to a stream that ends with the test."""
    monkeypatch.setattr(log, "set_up", lambda *_: None)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what failed at once: a run that is cut off then says it too."""
    if report.failed and _TERMINAL:
        _TERMINAL[0].ensure_newline()
        _TERMINAL[0].write_line(f"FAILED {report.nodeid} ({report.when}, {report.duration:.0f} s)", red=True)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        _TERMINAL.append(reporter)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.needs("chromium")` skips with that word where the program is not installed."""
    for mark in item.iter_markers("needs"):
        missing = [program for program in mark.args if shutil.which(program) is None]
        if "chromium" in mark.args and find_library("atomic") is None:
            missing.append("libatomic1")  # the Node that drives Chromium is linked to it
        if missing:
            pytest.skip(f"missing: {', '.join(missing)}")
