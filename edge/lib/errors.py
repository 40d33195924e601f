"""Errors, grouped by the person who must act. Each message names the problem, the thing concerned and the remedy."""

from __future__ import annotations

from collections.abc import Mapping


class EdgeError(Exception):
    """Base of all errors of the appliance: a sentence, and advice.

    If there is a `key`, `edge/lib/i18n` has both in every language, under `key` and `key` + "_do", with `values` for
    the placeholders. `again_s`: seconds after which a retry makes sense.

    >>> str(ConfigError("config.toml line 3: 'curency' is not a key of [store].", "Did you mean 'currency'?"))
    "config.toml line 3: 'curency' is not a key of [store]. Did you mean 'currency'?"
    """

    again_s: float | None = None

    def __init__(
        self, what: str, advice: str = "", key: str = "", values: Mapping[str, str | int] | None = None
    ) -> None:
        super().__init__(f"{what} {advice}".strip())
        self.what = what
        self.advice = advice
        self.key = key
        self.values = dict(values or {})


class ConfigError(EdgeError):
    """The installer must change the configuration."""


class DeviceLost(EdgeError):
    """A device doesn't respond; the cashier can act."""


class NeedsHuman(EdgeError):
    """The manager must act: the ledger is locked, damaged, or from a newer version."""


class NoMemory(NeedsHuman):
    """Not enough memory to hash a PIN, so that it can't be checked at the moment."""

    def __init__(self) -> None:
        super().__init__(
            "There isn't enough memory to check a PIN.",
            "Try again in a moment. If it keeps happening, restart the box.",
        )


class TooLarge(EdgeError):
    """A command would create an event too large for the journal, and is refused."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"The event has {size} bytes; the limit is {limit}.", "Do it in several steps.")
        self.size = size
        self.limit = limit


class InvariantBroken(EdgeError):
    """A bug: the process stops instead of writing further data."""
