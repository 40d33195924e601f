"""What holds for every test."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from edge.core.process import log
from edge.core.process.gc_tuning import collect_nothing, freeze_gc
from tests.cheap_hashes import hash_cheaply
from tests.scheduling import LONGEST, longest_first, measured, quarantined, seconds

# In continuous integration the same examples every time; a slow machine is no fault of the code.
hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("project")
if sys.modules.get("rich") is None:  # the appliance has none (edge/__init__.py), and what calls its API needs it
    sys.modules.pop("rich", None)
QUARANTINE = Path(__file__).with_name("quarantine.toml")
FORKING = tuple(Path(__file__).with_name(kind) for kind in ("browser", "contract", "flow"))
_TERMINAL: list[pytest.TerminalReporter] = []
"""Where this process reports to; empty in a worker."""


@pytest.fixture(autouse=True)
def the_log_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that a test runs in this process must not bind all loggers to a stream that ends with the test."""
    monkeypatch.setattr(log, "set_up", lambda *_: None)


@pytest.fixture(autouse=True)
def readers_are_forked(request: pytest.FixtureRequest) -> Iterator[None]:
    """What the appliance starts to read a file or to draw a paper is a fork, but in tests of such parts alone."""
    if not any(request.path.is_relative_to(folder) for folder in FORKING):
        yield
        return
    from tests.fork_server import modules_forked  # loads the whole appliance

    with modules_forked():
        yield


@pytest.fixture(autouse=True, scope="session")
def what_a_shop_leaves_is_freed() -> Iterator[None]:
    """A shop freezes what it has loaded once it has started. Here hundreds start one after the other in one process,
    and each would freeze what those before it left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "freeze", lambda: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def ledgers_are_copied() -> Iterator[None]:
    """Fresh ledgers are copies of one, which takes a fifth of the time."""
    from tests.ledger_template import ledgers_by_copy  # knows every capability, and the one who hands out tests none

    with ledgers_by_copy():
        yield


@pytest.fixture(scope="session")
def browser_of_this_process() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """What runs a test on the loop of its browser."""
    from tests.browser import one_browser  # loads Playwright

    yield one_browser.keep().run
    one_browser.end()


@pytest.fixture(autouse=True)
def one_browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that want Chromium share one, and run on its loop."""
    if any("chromium" in mark.args for mark in request.node.iter_markers("needs")):
        on_loop = request.getfixturevalue("browser_of_this_process")
        monkeypatch.setattr("tests.shop_fixture._on_loop", on_loop)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name what failed at once: a run that is cut off then says it too."""
    if report.failed and _TERMINAL:
        _TERMINAL[0].ensure_newline()
        _TERMINAL[0].write_line(f"FAILED {report.nodeid} ({report.when}, {report.duration:.0f} s)", red=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    said = "measure coverage in everyday tests of this folder alone; again for another"
    parser.addoption("--measure", action="append", default=[], metavar="FOLDER", help=said)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items, seconds(LONGEST.read_text()))
    known = {one.name: one for one in quarantined(QUARANTINE.read_text())}
    for item in items:
        if one := known.get(item.nodeid.partition("[")[0]):
            item.add_marker(pytest.mark.xfail(reason=one.cause, strict=False))


def pytest_collection_finish() -> None:
    """All test modules and what they import stay: Python need not look through them for what is dead."""
    freeze_gc()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    with measured(item, item.config.getoption("--measure")):
        return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for one in quarantined(QUARANTINE.read_text()):
        terminalreporter.write_line(f"IN QUARANTINE since {one.since}, to be mended: {one.name}: {one.cause}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    collect_nothing()
    hash_cheaply()  # before tests are collected: some keep a hash
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
