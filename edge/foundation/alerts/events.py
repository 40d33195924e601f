"""Events of alerts. `id` is the journal row that raised it."""

from __future__ import annotations

from typing import Literal, get_args

from edge.core.messages import Event, Remark
from edge.core.registry import Severity

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Severities, the most severe first."""


class AlertRaised(Event, frozen=True):
    """An alert was raised. Its key is its type (`kind`) and its object (`subject`); only one alert per key is open.

    `values` fill its text; `cause_seq` is the event that caused it (0: none); open alerts of the kinds in `causes`
    suppress it. `people` and `roles` are its recipients, `channels` the means; empty: subscribers with their own
    settings.
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
    """An open alert occurred again, or returned soon after ending, without getting worse."""

    id: int
    severity: Severity
    values: dict[str, str | int]


class AlertWorsened(Event, frozen=True):
    """An alert got worse, which cancels its acknowledgement."""

    id: int
    severity: Severity
    values: dict[str, str | int]


class AlertAcknowledged(Event, frozen=True):
    """The event's actor acknowledged an alert until `until_us`; `again`: someone else's acknowledgement is already
    active. `via`: from where (page, link, api). `late_us`: time of a late acknowledgement, which changes nothing; 0: in
    time."""

    remarks = ("note",)

    id: int
    until_us: int
    note: Remark = ""
    again: bool = False
    via: Literal["", "page", "link", "api"] = ""
    late_us: int = 0


class AlertUnacknowledged(Event, frozen=True):
    """An acknowledgement ended: withdrawn, expired, or its owner left."""

    id: int
    why: Literal["person", "time", "gone"]


class AlertResolved(Event, frozen=True):
    """An alert ended: its condition ended (`fact`), or a user closed a manual one (`person`)."""

    id: int
    by: Literal["fact", "person"]


EVENTS: tuple[type[Event], ...] = (
    *(AlertRaised, AlertRepeated, AlertWorsened),
    *(AlertAcknowledged, AlertUnacknowledged, AlertResolved),
)
