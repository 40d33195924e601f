"""Receipt printer conversation: a state machine without I/O, clock or randomness.

Inputs are method calls, some with the time `now` (seconds, any origin). Each returns actions, the last of which is a
question, whose answer is the next input (`actions.py`). So any sequence of events can be tested as a script.

    closed -> choosing -> connecting -> asking (its status) -> naming, proving, draining (results still open)
        a job:    -> claiming -> sending -> confirming -> following (the next one, in the same turn) ... -> leaving
                     a printer that never confirms: sending -> delivering (only its disconnect says anything)
        trouble:  -> drawers -> claiming_drawer -> pulsing: giving change needs no paper; then back, or resting
        no job:   -> leaving -> resting -> choosing; a printer that reports changes: -> listening -> asking ...

Silence is never a confirmation. A job is marked on the disk before its first byte is sent, and one that may be on
paper is never sent again automatically.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.printers.escpos_replies import ASK_MODEL, ASK_PROCESSED, ASK_STATUS, TELL_CHANGES, Replies, ask_processed
from drivers.roles import DeviceError, PrinterStatus, SendFailed
from edge.core.process.part_state import PartState
from edge.foundation.printing.printers.actions import (
    Action,
    BeginTurn,
    Claim,
    DrawnJob,
    EndTurn,
    Fail,
    FindJob,
    Finish,
    Hear,
    Pause,
    PrinterTimeouts,
    Settle,
    Show,
    Write,
)
from edge.foundation.printing.printers.printer_state import PrinterState
from edge.foundation.printing.printers.status import key_of, printer_lost_state

Phase = Literal[
    "closed", "choosing", "connecting", "asking", "naming", "proving", "draining", "claiming", "sending", "delivering",
    "confirming", "following", "drawers", "claiming_drawer", "pulsing", "leaving", "resting", "listening",
]  # fmt: skip
Claimed = Literal["ours", "taken", "late", "unsaved"]
"""Result of a claim. Other than `ours`, another printer was faster, the job expired, or the claim couldn't be saved."""
Actions = list[Action]

JOBS_A_TURN = 4
"""Jobs per turn. After that, another computer may print."""
SILENT_TIMES = 3
"""Consecutive missing status answers while printing before an alert is raised."""
UNSAVED = Fail(
    "The result of a print job can't be saved.", "Check the till's message about the disk.", "printer.unsaved"
)


class Confirmation(msgspec.Struct):
    """Expected confirmation of a sent job: `mark` by `deadline`, extended while a person must help. `silent`: number of
    consecutive missing status answers."""

    mark: bytes
    limit_s: float
    deadline: float
    silent: int = 0


class Conversation:
    """Conversation with a printer; see the module. `printer` is its known state across reconnections."""

    def __init__(self, printer: PrinterState, timeouts: PrinterTimeouts | None = None) -> None:
        self.phase: Phase = "closed"
        self.printer = printer
        self._timeouts = timeouts or PrinterTimeouts()
        self._purpose: Literal["print", "look", "listen"] = "look"
        self._reads = False
        self._shared = False
        self._replies = Replies()
        self._until = 0.0  # when waiting for an answer, or for silence, ends
        self._state = printer.well  # state at the last query
        self._job: DrawnJob | None = None
        self._drawer: DrawnJob | None = None
        self._turn_jobs = 0
        self._confirmation: Confirmation | None = None

    # ---- inputs: jobs

    def on_opened(self) -> Actions:
        """The device was opened or reopened."""
        self.printer.came_back()
        self._confirmation = None
        return self._choose()

    def on_job(self, job: DrawnJob | None, now: float) -> Actions:
        """Handle the next job, rendered; None if there is none."""
        failed = [Settle(job.id, "failed", job.problem)] if job and job.problem else []
        match self.phase:
            case "choosing" if failed:
                return self._go("choosing", *failed, FindJob())
            case "choosing":
                self._job, self._turn_jobs = job, 0
                return self._go("connecting", BeginTurn())
            case "following" if job is None or failed:
                return self._go("leaving", *failed, Finish())
            case "following":
                self._job = job
                return self._ask(now)
            case "listening":
                return self._choose(EndTurn()) if job else self._ask(now)
        self._drawer = job
        return self._go("claiming_drawer", Claim(job.id)) if job else self._past_drawers()

    def on_claimed(self, how: Claimed) -> Actions:
        """Handle the result of claiming a job."""
        if self.phase == "claiming_drawer":
            return self._claimed_drawer(how)
        job = self._sent_job
        match how:
            case "ours":
                return self._send(job)
            case "taken":
                return self._end_turn()
            case "late":
                return self._end_turn(Settle(job.id, "failed", "too_late"))
        return self._go("closed", UNSAVED)

    def on_unsaved(self) -> Actions:
        """Handle a result that couldn't be saved. The result of the current job is still open."""
        if self.phase == "drawers" and self._confirmation:
            return self._past_drawers()
        return self._go("closed", UNSAVED)

    def woken(self) -> Actions:
        """Handle the end of a pause, or a new job."""
        return self._choose(EndTurn()) if self.phase == "listening" else self._choose()

    # ---- inputs: the device

    def on_connected(self, reads: bool, shared: bool, now: float) -> Actions:
        """Handle the acquisition of the printer. `reads`: it can answer; `shared`: others may use it in between."""
        self._reads, self._shared = reads, shared
        self._replies = Replies()
        self._purpose = "print" if self._job else "look"
        return self._ask(now)

    def on_written(self, now: float) -> Actions:
        """All bytes were sent."""
        match self.phase:
            case "sending":
                return self._finish_sending(self._sent_job, now)
            case "pulsing":
                assert self._drawer is not None
                return self._go("drawers", Settle(self._drawer.id, "sent"), FindJob(drawer=True))
        wait_s = self._timeouts.ask_again_s if self.phase == "confirming" else self._timeouts.answer_s
        return self._read_until(now + wait_s, now)

    def on_data(self, data: bytes, now: float) -> Actions:
        """Handle received data; empty on timeout."""
        told = self._replies.feed(data)
        if self._replies.noise:
            what = f"The device at the address of the {self.printer.name} isn't a receipt printer."
            return self.on_failed(DeviceError(what, "Check the address or path, and the speed.", "not_a_printer"))
        states = [self._state_of(status, now) for status in told]
        match self.phase:
            case "asking":
                answered = self._replies.status is not None
                return self._handle_status(now) if answered or now >= self._until else self._read_on(now)
            case "naming" | "proving" if self._replies.processed:
                return self._go("draining", Hear(self._timeouts.quiet_s))
            case "naming" | "proving":
                return self._learn_printer(False, now) if now >= self._until else self._read_on(now)
            case "draining":  # late answers to earlier queries mustn't be taken for the next job's
                return self._go("draining", Hear(self._timeouts.quiet_s)) if data else self._learn_printer(True, now)
            case "listening":
                return self._handle_changes(states, now)
        return self._confirming([Show(state) for state in states], now)

    def on_finished(self) -> Actions:
        """The connection was closed cleanly."""
        if self.phase == "delivering":
            return self._end_turn(Settle(self._sent_job.id, "sent"))
        return self._end_turn()

    def on_failed(self, error: DeviceError) -> Actions:
        """Handle a failure of the device. Part of a sent job may be printed."""
        if self.phase == "leaving" and isinstance(error, SendFailed):
            return self._end_turn()  # the job is printed: a failed goodbye doesn't matter
        settled: list[Settle] = []
        if self.phase == "pulsing" and self._drawer:
            settled.append(self._broke_off(self._drawer, error))
        if self._confirmation:
            settled.append(Settle(self._sent_job.id, "unknown", key_of(error)))
            self.printer.take_doubt(unconfirmed=error.code == "unconfirmed")
        elif self.phase in ("sending", "delivering"):
            settled.append(self._broke_off(self._sent_job, error))
            if settled[-1].state == "unknown":
                self.printer.take_doubt()
        return self._go("closed", *settled, Fail(error.what, error.advice, f"printer.{key_of(error)}"))

    # ---- the printer's state

    def _ask(self, now: float) -> Actions:
        """Ask for the printer's status, because no job is sent to a printer with problems. A printer that never answers
        is asked only when idle, to avoid delaying jobs."""
        printer = self.printer
        if not (self._reads and printer.may_be_asked) or (printer.never_answers and self._purpose != "look"):
            printer.met = True
            return self._act_on_state(printer.well, now)
        self._replies.forget_status()
        return self._go("asking", Write(ASK_STATUS + (TELL_CHANGES if self._tells else b"")))

    @property
    def _tells(self) -> bool:
        """Whether the printer reports changes automatically, on an exclusive connection."""
        return self.printer.tells and self._reads and not self._shared

    def _handle_status(self, now: float) -> Actions:
        """Handle a status or its absence. Drawer pulses bypass printing problems."""
        status, printer = self._replies.status, self.printer
        if status is None:
            silent = printer.stayed_silent()
            return self._act_on_state(
                printer_lost_state("silent_shared" if self._shared else "silent") if silent else printer.well, now
            )
        printer.note_answer()
        state = self._state_of(status, now)
        if state.state == "lost":
            return self._act_on_state(state, now, heard=True)
        self._replies.processed.clear()
        match printer.question:
            case "name":
                self._replies.model = ""
                return self._go("naming", Write(ASK_MODEL + ASK_PROCESSED))
            case "proof":
                return self._go("proving", Write(ASK_PROCESSED))
        return self._act_on_state(state, now)

    def _learn_printer(self, works: bool, now: float) -> Actions:
        """Handle a self-test and model name."""
        self._replies.processed.clear()
        believed = self.printer.learn(works, None if self.printer.met else self._replies.model)
        state = self._state_of(self._replies.status, now) if believed else printer_lost_state("unconfirmed")
        return self._act_on_state(state, now, heard=True)

    def _act_on_state(self, state: PartState, now: float, heard: bool = False) -> Actions:
        self._state = state
        bad = state.state == "lost"
        match self._purpose:
            case "look" if self._tells:
                self._purpose = "listen"
                return self._ask(now)
            case "look":
                return self._go("leaving", Finish())
            case "listen":
                wait_s = self._timeouts.trouble_look_s if bad else self._timeouts.listen_s
                self._until = now + wait_s
                return self._go("listening", Show(state), Hear(wait_s, or_job=not bad))
        if bad:
            return self._go("drawers", FindJob(drawer=True)) if heard else self._end_turn()
        return self._go("claiming", Claim(self._sent_job.id))

    def _handle_changes(self, told: list[PartState], now: float) -> Actions:
        """Ask again on reported changes, and periodically. While there is trouble, only drawer pulses interrupt,
        because drawers open without paper."""
        shown = [Show(state) for state in told]
        before = self._state.state
        changed = any(state.state != before for state in told)
        self._state = told[-1] if told else self._state
        if not changed and now < self._until:
            return [*shown, Hear(self._until - now, or_job=before != "lost")]
        if before == "lost":
            return [*shown, FindJob(drawer=True)]
        return [*shown, *self._ask(now)]

    # ---- a job

    def _send(self, job: DrawnJob) -> Actions:
        ask = {"status": ASK_PROCESSED, "process_id": ask_processed(_mark(job))}.get(self.printer.confirms or "", b"")
        self._turn_jobs += 1
        self._replies.processed.clear()
        return self._go("sending", Show(self._state), Write(job.data + ask))

    def _finish_sending(self, job: DrawnJob, now: float) -> Actions:
        """Handle the end of sending: the job is done if the printer never confirms, otherwise wait for confirmation."""
        if self.printer.confirms in (None, "none"):
            return self._follow(Settle(job.id, "sent")) if job.expires else self._go("delivering", Finish())
        timeouts = self._timeouts
        limit_s = min(timeouts.confirm_s + len(job.data) / timeouts.slowest_bytes_s, timeouts.confirm_max_s)
        mark = _mark(job) if self.printer.confirms == "process_id" else b""
        self._confirmation = Confirmation(mark, limit_s, now + limit_s)
        self._replies.forget_status()
        self.phase = "confirming"
        return self._read_until(now + timeouts.ask_again_s, now)

    def _confirming(self, shown: list[Show], now: float) -> Actions:
        """Wait for problems that a person can fix (paper, cover): the printer then continues."""
        awaited, status = self._confirmation, self._replies.status
        assert awaited is not None
        if awaited.mark in self._replies.processed:
            self._confirmation = None
            self.printer.has_confirmed()
            return self._follow(*shown, Settle(self._sent_job.id, "printed"))
        if now < self._until:
            return [*shown, *self._read_on(now)]
        awaited.silent = 0 if status else awaited.silent + 1
        if status or awaited.silent > SILENT_TIMES:
            shown.append(Show(self._state_of(status, now)))
        if status and not status.online:
            awaited.deadline = now + awaited.limit_s
            return self._go("drawers", *shown, FindJob(drawer=True))
        if now > awaited.deadline:
            what = f"The {self.printer.name} accepted a job but didn't confirm it."
            return [
                *shown,
                *self.on_failed(DeviceError(what, "Check its paper, then turn it off and on.", "unconfirmed")),
            ]
        return [*shown, *self._ask_again()]

    def _ask_again(self) -> Actions:
        self._replies.forget_status()
        return self._go("confirming", Write(ASK_STATUS))

    def _follow(self, *before: Action) -> Actions:
        """Continue with the next job in the same turn, such as a receipt after its drawer pulse."""
        if self._turn_jobs >= JOBS_A_TURN:
            return self._go("leaving", *before, Finish())
        return self._go("following", *before, FindJob())

    @property
    def _sent_job(self) -> DrawnJob:
        assert self._job is not None
        return self._job

    # ---- drawers, past all that cannot be printed

    def _claimed_drawer(self, how: Claimed) -> Actions:
        assert self._drawer is not None
        match how:
            case "ours":
                return self._go("pulsing", Write(self._drawer.data))
            case "late":
                return self._go("drawers", Settle(self._drawer.id, "failed", "too_late"), FindJob(drawer=True))
            case "taken":
                return self._go("drawers", FindJob(drawer=True))
        self.phase = "drawers"
        return self.on_unsaved()

    def _past_drawers(self) -> Actions:
        """Return to the current job, or end the turn."""
        return self._ask_again() if self._confirmation else self._end_turn()

    # ---- inside

    def _choose(self, *before: Action) -> Actions:
        """Choose a job, after identifying an unknown printer."""
        self._job = None
        if self.printer.met:
            return self._go("choosing", *before, FindJob())
        return self._go("connecting", *before, BeginTurn())

    def _end_turn(self, *before: Action) -> Actions:
        ended = (*before, EndTurn(), Show(self._state))
        if self._state.state == "lost":
            return self._go("resting", *ended, Pause(self._timeouts.trouble_look_s))
        if self._purpose == "look":
            return self._go("resting", *ended, Pause(self._timeouts.idle_look_s, or_job=True))
        return self._choose(*ended)

    def _broke_off(self, job: DrawnJob, error: DeviceError) -> Settle:
        """Return the result of an interrupted job. It may be partly printed, so that an automatic retry could duplicate
        it."""
        unsent = isinstance(error, SendFailed) and not error.sent_bytes
        return Settle(job.id, "queued") if unsent else Settle(job.id, "unknown", key_of(error))

    def _state_of(self, status: PrinterStatus | None, now: float) -> PartState:
        return self.printer.state(status, now, self._timeouts.drawer_left_s)

    def _read_until(self, until: float, now: float) -> Actions:
        self._until = until
        return self._read_on(now)

    def _read_on(self, now: float) -> Actions:
        return [Hear(self._until - now)]

    def _go(self, phase: Phase, *actions: Action) -> Actions:
        self.phase = phase
        return list(actions)


def _mark(job: DrawnJob) -> bytes:
    """Process id for the printer's confirmation (GS ( H)."""
    return b"%04d" % (job.id % 10_000)
