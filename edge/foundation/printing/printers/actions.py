"""Actions that a printer conversation requests from its shell, and its timeouts. Values only.

The shell executes a list of actions in order. The last action is a question whose answer is the conversation's next
input.
"""

from __future__ import annotations

import msgspec

from edge.core.process.part_state import PartState
from edge.foundation.printing.commands import State


class PrinterTimeouts(msgspec.Struct, frozen=True):
    """Timeouts in seconds; tests use shorter ones.

    `answer_s`: the time within which a printer answers, if it does. `quiet_s`: silence that ends a series of answers.
    `ask_again_s`: interval of status requests while it prints. `confirm_s`: time for a job without trouble, plus the
    time for its bytes at `slowest_bytes_s` per second (text at 50 mm, 13 lines, per second), at most `confirm_max_s`.
    Intervals of status requests: `idle_look_s` without a job, `listen_s` if it reports changes (it forgets that after
    a power cycle), `trouble_look_s` if it can't print. `drawer_left_s`: a drawer open longer than a sale needs was left
    open. `warm_up_s`: idle time after which the first paper is prepared in advance.
    """

    answer_s: float = 1.0
    quiet_s: float = 0.02
    ask_again_s: float = 0.5
    confirm_s: float = 10.0
    confirm_max_s: float = 60.0
    slowest_bytes_s: int = 500
    idle_look_s: float = 5.0
    listen_s: float = 15.0
    trouble_look_s: float = 1.0
    drawer_left_s: float = 30.0
    warm_up_s: float = 1.0


class DrawnJob(msgspec.Struct, frozen=True):
    """A print job as bytes. `expires`: a drawer pulse, worthless later. `problem`: why there are no bytes."""

    id: int
    data: bytes
    expires: bool = False
    problem: str = ""


# ---- done without an answer


class Show(msgspec.Struct, frozen=True):
    """Report the printer's status."""

    state: PartState


class Settle(msgspec.Struct, frozen=True):
    """Save a job's result. If that fails, skip the rest and call `unsaved`."""

    job: int
    state: State
    problem: str = ""


class EndTurn(msgspec.Struct, frozen=True):
    """Release the printer for other users."""


# ---- questions


class FindJob(msgspec.Struct, frozen=True):
    """Find the next job, or `drawer` pulse, and call `found`."""

    drawer: bool = False


class Claim(msgspec.Struct, frozen=True):
    """Claim the job on disk: call `claimed`."""

    job: int


class BeginTurn(msgspec.Struct, frozen=True):
    """Acquire the printer: call `connected`, or `failed`."""


class Write(msgspec.Struct, frozen=True):
    """Send bytes: call `written`, or `failed`."""

    data: bytes


class Hear(msgspec.Struct, frozen=True):
    """Receive for up to `within_s`; then call `heard`, or `failed`. `or_job`: a new job ends it by calling `woken`."""

    within_s: float
    or_job: bool = False


class Finish(msgspec.Struct, frozen=True):
    """Close the connection cleanly: call `finished`, or `failed`."""


class Pause(msgspec.Struct, frozen=True):
    """Wait, and then call `woken`. `or_job`: a new job ends the wait."""

    within_s: float
    or_job: bool = False


class Fail(msgspec.Struct, frozen=True):
    """Give up on the printer until it can be reopened. Has two sentences, and their key of [printer]."""

    what: str
    advice: str
    key: str


Action = Show | Settle | EndTurn | FindJob | Claim | BeginTurn | Write | Hear | Finish | Pause | Fail
