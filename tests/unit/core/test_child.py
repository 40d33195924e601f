"""A module as a process of its own: what it is asked, how long it may take, and what becomes of one that ends early."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import psutil
import pytest

from edge.core.process import child
from edge.core.process.work_process import WorkProcess
from sandbox import landlock

CHILD = """
import sys
from edge.core.process import child
def work(asked):
    {work}
sys.exit(child.answer(work, 1 << 30, 2))
"""


def module(monkeypatch: pytest.MonkeyPatch, folder: Path, work: str) -> str:
    (folder / "played_child.py").write_text(CHILD.format(work=work))
    monkeypatch.setenv("PYTHONPATH", f"{folder}:{Path(__file__).parents[3]}")
    return "played_child"


def test_what_is_asked_is_answered_and_what_has_no_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = module(monkeypatch, tmp_path, "return asked.upper() or None")
    assert child.ask(name, b"a picture", 60) == b"A PICTURE"
    with pytest.raises(child.ChildFailed) as told:
        child.ask(name, b"", 60)
    assert not told.value.slow


PRYING = """
    import os, socket
    from pathlib import Path
    found = []
    for name, pry in (
        ("read", lambda: Path({ledger!r}).read_bytes()),
        ("write", lambda: Path({ledger!r}).write_bytes(b"x")),
        ("make", lambda: Path({ledger!r} + "-2").touch()),
        ("list", lambda: os.listdir({folder!r})),
        ("call", lambda: socket.create_connection(("127.0.0.1", {port}), 5)),
        ("signal", lambda: os.kill(os.getppid(), 0)),
    ):
        try:
            pry()
        except PermissionError:
            continue
        found.append(name)
    import zoneinfo, msgspec
    zoneinfo.ZoneInfo("Europe/Paris")
    return " ".join(found).encode() + b"."
"""


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
def test_what_takes_over_a_child_reads_none_of_the_shops_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    ledger.write_text("takings")
    with socket.create_server(("127.0.0.1", 0)) as server:
        work = PRYING.format(ledger=str(ledger), folder=str(tmp_path), port=server.getsockname()[1])
        answer = child.ask(module(monkeypatch, tmp_path, work.strip()), b"", 60)
    newer = {"call": 4, "signal": 6}
    assert answer.decode() == " ".join(one for one, since in newer.items() if landlock.version() < since) + "."
    assert ledger.read_text() == "takings"


@pytest.mark.parametrize(
    ("work", "slow"),
    [
        ("while True: pass", True),
        ("return b'x' * (1 << 31)", False),
        ("import os; os.abort()", False),
    ],
)
def test_who_takes_too_much_ends_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, work: str, slow: bool) -> None:
    with pytest.raises(child.ChildFailed) as told:
        child.ask(module(monkeypatch, tmp_path, work), b"", 60)
    assert told.value.slow is slow
    assert not list(tmp_path.glob("core*")), "and leaves nothing of what it read"


def test_what_no_processor_is_needed_for_ends_by_the_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    name = module(monkeypatch, tmp_path, "import signal; signal.pause()")
    with pytest.raises(child.ChildFailed) as told:
        child.ask(name, b"", 0.2)
    assert told.value.slow


@pytest.mark.parametrize("urgent", [False, True])
def test_a_long_computation_is_behind_the_rest_of_the_shop_from_its_start(urgent: bool) -> None:
    work = WorkProcess("edge.analytics.whatif.repricer", {}, died="whatif.died", urgent=urgent)
    try:
        (started,) = [one for one in psutil.Process().children() if "edge.analytics.whatif.repricer" in one.cmdline()]
        here = os.getpriority(os.PRIO_PROCESS, 0)
        assert started.nice() == here if urgent else started.nice() >= max(here, child.NICENESS)
    finally:
        work.close()
