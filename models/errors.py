"""What can go wrong with a model, by what the asker can make of it. Each says what happened and what to do."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "missing",  # no such model is here: its files, its voice for this language, or its library
    "busy",  # too many requests wait already
    "late",  # the deadline passed; what comes after it is dropped
    "cancelled",  # the asker took it back
    "refused",  # this request cannot be done by this model; another one can
    "failed",  # the engine failed at this request; the worker goes on
    "crashed",  # the worker ended by itself
    "hung",  # the worker did nothing any more, and was ended
    "memory",  # the worker took more than its limit, and was ended
    "behind",  # one side did not take what the other sent, up to a limit
    "unusable",  # the model cannot be loaded: damaged, of another kind, or too large for this box
    "stopped",  # the appliance is being stopped
]


class ModelError(Exception):
    """A model cannot do its work.

    `what` says what happened to which thing, `advice` what to do; `code` (with `model`, and `keys` for the
    gaps of a sentence) lets a surface say the same in its reader's language.
    """

    def __init__(self, code: Code, what: str, advice: str = "", model: str = "", keys: dict[str, str] | None = None):
        super().__init__(code, what, advice)
        self.code: Code = code
        self.what = what
        self.advice = advice
        self.model = model
        self.keys = keys or {}

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".strip()


class Refused(Exception):
    """Raised by an engine: this request cannot be done (too long, no such voice). The worker is as good as before."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice


class Unusable(Refused):
    """Raised by an engine's `load`: its files are missing, damaged or of another kind."""


class Stopped(BaseException):
    """Raised inside an engine by its `Turn`: nobody waits for this answer any more.

    Let it pass, as `finally` blocks run. No Exception, so that no handler of faults takes it for one.
    """


class FetchError(Exception):
    """A model could not be brought: what happened, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what} {advice}")
        self.what = what
        self.advice = advice
