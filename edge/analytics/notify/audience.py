"""Select an alert's recipients and their channels. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.registry import Severity
from edge.foundation.alerts.queries import Alert


class Recipient(msgspec.Struct, frozen=True):
    """A possible recipient: role, whether it manages, preferences, leave, number of browsers for push messages, and
    channels with blocked addresses and the reason.
    """

    id: str
    role: str
    manages: bool
    prefs: NotificationPreferences
    away: bool = False
    browsers: int = 0
    flagged: Mapping[str, str] = {}

    def is_reachable(self, channel: str) -> bool:
        """Whether the channel has a working address, or a browser."""
        return channel not in self.flagged and bool(self.browsers if channel == "push" else self.prefs.address(channel))

    def destination(self, channel: str) -> tuple[str, str]:
        """The destination of a message; an alert goes to each destination only once, even if shared (a phone, the
        shop's printer)."""
        return channel, self.id if channel == "push" else self.prefs.address(channel)

    def channels(
        self, usable: frozenset[str], urgent: bool = False, kind: str = "", severity: Severity | None = None
    ) -> tuple[str, ...]:
        """The usable channels for a `kind` of alert by preference; if no chosen one is reachable, the next that is.

        `urgent`: all of the person's usable channels, including those for critical alerts.
        """
        own = self.prefs.channels_of(kind, severity)
        every = (*own, *self.prefs.enabled_channels, *self.prefs.urgent_channels)
        there = tuple(dict.fromkeys(one for one in every if one in usable and self.is_reachable(one)))
        if urgent:
            return there
        return there[:1] if self.is_unreachable(own) else tuple(one for one in there if one in own)

    def is_unreachable(self, channels: Collection[str]) -> bool:
        """Whether the person chose channels and none of them works now."""
        return bool(channels) and not any(self.is_reachable(one) for one in channels)


def whom(alert: Alert, people: Sequence[Recipient], usable: frozenset[str]) -> list[tuple[str, str]]:
    """The recipients to notify at once, with channels.

    A person on leave is replaced by the next manager in order. A critical alert that names no one and has no
    recipients goes to the first manager with a usable channel, if possible one who isn't on leave.
    """
    found: list[tuple[str, str]] = []
    taken_by: set[tuple[str, str]] = set()
    for concerned in (one for one in in_asking_order(people) if concerns(alert, one) and at_once(alert, one, usable)):
        one = stand_in(alert, concerned, people, usable) if concerned.away else concerned
        if one is None:
            continue
        for name in at_once(alert, one, usable):
            address = one.destination(name)
            if address not in taken_by:
                taken_by.add(address)
                found.append((one.id, name))
    if found or alert.severity != "critical" or alert.people or alert.roles:
        return found
    reachable = [
        one for one in in_asking_order(people) if one.manages and one.channels(usable, True, alert.kind, alert.severity)
    ]
    here = [one for one in reachable if not one.away] or reachable
    return [(here[0].id, name) for name in here[0].channels(usable, True, alert.kind, alert.severity)] if here else []


def concerns(alert: Alert, person: Recipient) -> bool:
    """Whether a person should be notified: the alert names them, or their preferences include it."""
    if alert.people or alert.roles:
        return person.id in alert.people or person.role in alert.roles
    return person.manages and person.prefs.wants(alert.severity, alert.kind)


def at_once(alert: Alert, person: Recipient, usable: frozenset[str]) -> tuple[str, ...]:
    """The channels for a person, including those the alert requests."""
    channels = person.channels(usable, bool(alert.channels), alert.kind, alert.severity)
    return tuple(name for name in channels if not alert.channels or name in alert.channels)


def stand_in(alert: Alert, away: Recipient, people: Sequence[Recipient], usable: frozenset[str]) -> Recipient | None:
    """The substitute for a person on leave: the next manager in order who is present and reachable, or None."""
    every = in_asking_order(people)
    at = every.index(away)
    behind = (*every[at + 1 :], *every[:at])
    return next((one for one in behind if one.manages and not one.away and at_once(alert, one, usable)), None)


def in_asking_order(people: Iterable[Recipient]) -> list[Recipient]:
    """Recipients in escalation order."""
    return sorted(people, key=lambda one: (one.prefs.order, one.id))
