"""A printer's conversation as a script: what befalls it, what is asked, and what is done about it. No clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from drivers.roles import DeviceError, SendFailed
from edge.foundation.printing.printers.actions import (
    BeginTurn,
    Claim,
    DrawnJob,
    EndTurn,
    Fail,
    FindJob,
    Finish,
    Hear,
    Pause,
    Settle,
    Show,
    Write,
)
from edge.foundation.printing.printers.conversation import Actions, Claimed, Conversation
from edge.foundation.printing.printers.printer_state import PrinterState
from edge.runtime.config.device_uses import PaperOptions, Printing

WELL, NO_PAPER = b"\x12\x12\x12\x12", b"\x1a\x32\x12\x7e"
DONE = b"\x00"
JOB = b"a receipt"
GONE = SendFailed("It is gone.", "Switch it on.", 0, "gone")
Says = Callable[[bytes], bytes]
LIMIT = 5_000
"""Actions of one script: none goes on for ever."""


class Script:
    """Plays the shell: a printer that `says` something to what it is sent, jobs that wait, time that silence uses."""

    def __init__(
        self,
        says: Says,
        jobs: Iterable[int] = (),
        *,
        profile: str = "",
        confirms: Literal["auto", "none", "status", "process_id"] = "auto",
        shared: bool = False,
    ) -> None:
        self.printer = PrinterState("printer", PaperOptions(profile=profile), Printing(confirms=confirms))
        self.machine = Conversation(self.printer)
        self.says = says
        self.jobs = [DrawnJob(number, JOB) for number in jobs]
        self.drawers: list[DrawnJob] = []
        self.claims: dict[int, Claimed] = {}
        self.breaks: Callable[[bytes], DeviceError | None] = lambda data: None
        self.saves = True
        self.shared = shared
        self.now = 0.0
        self.written: list[bytes] = []
        self.shown: list[str] = []
        self.settled: list[tuple[int, str, str]] = []
        self.turns = 0
        self.failed: Fail | None = None
        self._said = b""

    def run(self, rests: int = 1) -> Script:
        """Until it has rested so often or has failed."""
        actions = self.machine.on_opened()
        for _ in range(LIMIT):
            for action in actions:
                if isinstance(action, Pause):
                    rests -= 1
                    if not rests:
                        return self
                answer = self._answer(action)
                if self.failed:
                    return self
                if answer is not None:
                    actions = answer
                    break
        raise AssertionError(f"it goes on and on: {self.written[-5:]}")

    def _answer(self, action: object) -> Actions | None:
        machine = self.machine
        match action:
            case Show(state):
                self.shown.append(state.key.removeprefix("printer.") or state.state)
            case Settle(job, state, problem):
                if not self.saves:
                    return machine.on_unsaved()
                self.settled.append((job, state, problem))
            case EndTurn():
                self._said = b""
            case FindJob(drawer):
                waiting = self.drawers if drawer else self.jobs
                return machine.on_job(waiting.pop(0) if waiting else None, self.now)
            case Claim(job):
                return machine.on_claimed(self.claims.get(job, "ours"))
            case BeginTurn():
                self.turns += 1
                return machine.on_connected(True, self.shared, self.now)
            case Write(data):
                self.written.append(data)
                if error := self.breaks(data):
                    return machine.on_failed(error)
                self._said += self.says(data)
                return machine.on_written(self.now)
            case Hear(or_job=True) if self.jobs:
                return machine.woken()
            case Hear(within_s):
                return self._read(within_s)
            case Finish():
                error = self.breaks(b"finish")
                return machine.on_failed(error) if error else machine.on_finished()
            case Pause(within_s, or_job):
                self.now += 0 if or_job and self.jobs else within_s
                return machine.woken()
            case Fail():
                self.failed = action
        return None

    def _read(self, within_s: float) -> Actions:
        data, self._said = self._said, b""
        if not data:
            self.now += within_s
        return self.machine.on_data(data, self.now)
