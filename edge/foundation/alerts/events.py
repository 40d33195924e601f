"""What can have happened with an alert. `id` is the row of the journal in which it was raised."""

from __future__ import annotations

from typing import Literal, get_args

from edge.core.messages import Event, Remark
from edge.core.registry import Severity

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first."""


class AlertRaised(Event, frozen=True):
    """Something needs a person: what (`kind`) and where (`subject`) are its key, which one alert has at a time.

    `values` fill its sentence; `cause_seq` is the fact that made it true (0: none did), `causes` are
    the kinds that hold it back while they are open. `people` and `roles` are whom
    it is for, `channels` by what; empty: whoever chose that kind, and as they chose.
    """

    kind: str
    subject: str
    severity: Severity
    values: dict[str, str | int]
    cause_seq: int = 0
    causes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class AlertRepeated(Event, frozen=True):
    """It was said again while it was open, or came back before it was quiet: no worse than it had been."""

    id: int
    severity: Severity
    values: dict[str, str | int]


class AlertWorsened(Event, frozen=True):
    """It is graver than it was: whoever had acknowledged it has not any more."""

    id: int
    severity: Severity
    values: dict[str, str | int]


class AlertAcknowledged(Event, frozen=True):
    """Somebody, the fact's actor, minds it until `until_us`; `again`: somebody else did already, and goes on to. `via`:
    from where (page, link, api). `late_us`: when they said so, if that was heard only when it was over or graver, and
    changes nothing; 0: in time."""

    remarks = ("note",)

    id: int
    until_us: int
    note: Remark = ""
    again: bool = False
    via: Literal["", "page", "link", "api"] = ""
    late_us: int = 0


class AlertUnacknowledged(Event, frozen=True):
    """Nobody minds it any more: who did gave it back, their time is over, or they have left."""

    id: int
    why: Literal["person", "time", "gone"]


class AlertResolved(Event, frozen=True):
    """It is over: what raised it is true no more (`fact`), or somebody closed one that no fact ends (`person`)."""

    id: int
    by: Literal["fact", "person"]


EVENTS: tuple[type[Event], ...] = (
    *(AlertRaised, AlertRepeated, AlertWorsened),
    *(AlertAcknowledged, AlertUnacknowledged, AlertResolved),
)
