"""Errors of models, by the caller's possible reaction. Each names the problem and the remedy."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "missing",  # the model isn't here: its files, its voice for this language, or its library
    "busy",  # too many requests are waiting
    "late",  # the deadline passed; later results are dropped
    "cancelled",  # the caller cancelled it
    "refused",  # this model can't do this request; others are possible
    "failed",  # the engine failed at this request; the worker continues
    "crashed",  # the worker ended unexpectedly
    "hung",  # the worker stopped responding, and was ended
    "memory",  # the worker exceeded its memory limit, and was ended
    "behind",  # one side didn't read data from the other, up to a limit
    "unusable",  # the model can't be loaded: damaged, of another kind, or too large for this box
    "stopped",  # the appliance is shutting down
]


class ModelError(Exception):
    """A model can't work.

    `what`: what happened, and to which thing. `advice`: what to do about it. With `code`, `model` and `keys` (its
    values), pages can translate both.
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
    """Raised by an engine: this request can't be done (too long, no such voice). The worker is unaffected."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice


class Unusable(Refused):
    """Raised by an engine's `load`: files are missing, damaged or of another kind."""


class Stopped(BaseException):
    """Raised inside an engine by its `Turn`: no one is waiting for this answer now.

    Let it propagate through `finally` blocks. It isn't an Exception, so that error handlers don't catch it.
    """


class FetchError(Exception):
    """A model couldn't be fetched, with the problem and the remedy."""

    def __init__(self, what: str, advice: str) -> None:
        super().__init__(f"{what} {advice}")
        self.what = what
        self.advice = advice
