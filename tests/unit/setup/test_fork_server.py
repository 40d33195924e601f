"""A command that a fork runs for tests is, to whoever asks, the command that a shop's machine would start."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from edge.core.process import child
from edge.core.process.pdf_sheet import PdfSheet, make_pdf
from edge.core.process.work_process import WorkProcess
from edge.lib.errors import NeedsHuman
from sandbox.environment import bare_environment
from tests.fork_server import EdgeChild, ForkedModule, edge_command, modules_forked
from tests.http_client import edge, when
from tests.shop_fixture import CONFIG, run

STARTED = {"PYTHONHASHSEED": "1"}
"""With this a command is started again."""
COMMANDS = {"--version": 0, "chekc": 2, "check": 1, "--config config.toml check": 0}


@pytest.mark.parametrize(("words", "status"), COMMANDS.items())
def test_a_forked_command_says_and_ends_as_one_that_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, status: int
) -> None:
    async def scenario() -> None:
        assert len(edge_command(os.environ)) > len(edge_command({**os.environ, **STARTED})), (
            "one is forked, the other started"
        )
        for folder in ("forked", "started"):
            (tmp_path / folder).mkdir()
            if "config" in words:
                (tmp_path / folder / "config.toml").write_text(CONFIG)
        monkeypatch.setenv("COLUMNS", "70")
        monkeypatch.chdir(tmp_path / "forked")
        forked = await edge(*words.split())
        monkeypatch.chdir(tmp_path / "started")
        started = await edge(*words.split(), env=STARTED)
        free = re.compile(r"\d+ MiB free")  # of a disk that others write to
        assert free.sub("", forked.out.replace("/forked", "/started")) == free.sub("", started.out)
        assert forked.err == started.err
        assert forked.status == started.status == status

    run(scenario())


def readers(pipe: int) -> set[int]:
    """Processes whose standard input is a pipe."""
    found = set[int]()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "fd/0").stat().st_ino == os.fstat(pipe).st_ino:
                found.add(int(process.name))
    return found


def test_a_command_ends_with_whoever_asked_for_it() -> None:
    async def scenario() -> None:
        theirs, ours = os.pipe()
        words = (*edge_command(os.environ), "hub", "staff", "set", "a@example.org")
        asks = await asyncio.create_subprocess_exec(*words, stdin=theirs)
        os.close(theirs)

        async def waiting() -> set[int]:
            return readers(ours) - {asks.pid}

        await when(waiting, len, "a fork that waits for a password")
        asks.kill()
        await when(waiting, lambda found: not found, "its end")
        assert await asks.wait() == -signal.SIGKILL
        os.close(ours)

    run(scenario())


def test_a_forked_child_is_signalled_waited_for_and_ends_with_its_status(tmp_path: Path) -> None:
    child = EdgeChild("check", tmp_path / "log")
    child.spawn_edge(["--config", tmp_path / "config.toml", "check"], os.environ)
    child.wait_until(lambda: child.has_ended)
    assert "config.toml" in child.log.read_text()
    (tmp_path / "config.toml").write_text(CONFIG)
    child.spawn_edge(["--config", tmp_path / "config.toml", "run"], os.environ)
    assert child.runs
    pid = child.pid
    child.kill()
    assert not Path(f"/proc/{pid}").exists(), "who waits for it is answered once it is gone"


PICTURES = "edge.web.picture_process"


def test_a_forked_module_answers_refuses_and_is_confined_as_one_that_is_started() -> None:
    sheet = PdfSheet("Orders", False, ("Corner Shop",), (("Rhubarb",),), ())
    with pytest.raises(child.ChildFailed) as started:
        child.ask(PICTURES, b"no picture", 60)
    with modules_forked():
        assert isinstance(
            child.subprocess.Popen([sys.executable, "-m", PICTURES], env=bare_environment()), ForkedModule
        )
        with pytest.raises(child.ChildFailed) as forked:
            child.ask(PICTURES, b"no picture", 60)
        assert str(forked.value) == str(started.value)
        assert make_pdf(sheet).startswith(b"%PDF")
        with pytest.raises(child.ChildFailed) as late:
            child.ask(PICTURES, b"no picture", 0.0)
        assert late.value.slow


def test_a_forked_module_that_is_stopped_ends_its_answers() -> None:
    with modules_forked():
        work = WorkProcess("edge.analytics.whatif.repricer", {}, died="whatif.died", urgent=True)
        work.stop()
        with pytest.raises(NeedsHuman, match="stopped unexpectedly"):
            list(work.answers())
        work.close()


def test_a_module_with_a_path_of_its_own_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "played_child.py").write_text("import sys\nsys.stdout.write(sys.stdin.read().upper())\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with modules_forked():
        assert child.ask("played_child", b"rhubarb", 60) == b"RHUBARB"
