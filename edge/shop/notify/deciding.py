"""What of a person's waiting messages goes now, together or alone, what waits on, and what is dropped. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from edge.shop.alerts.queries import Alert
from edge.shop.alerts.rules import HOUR_US, MINUTE_US
from edge.shop.notify.planning import Recipient
from edge.shop.notify.preferences import quiet_until_us
from edge.shop.outbox.messages import LINE, NEXT_GROUP_US, TELLING, Message

AN_HOUR = 10
"""Messages of what is not critical that a person gets in any hour; the rest goes as one when the first is that old."""
RESOLVED_US = 10 * MINUTE_US
SHOPS_OWN = frozenset({"printer", "speaker"})
"""Channels that are heard in the shop: they keep its hours, not a person's, and outside of these sound for what is
critical alone."""
PROGRAMS = frozenset({"webhook"})
"""Channels at whose end no person is: each fact by itself, at any hour, in order."""


class Standing(msgspec.Struct, frozen=True):
    """What is so now: the alerts that messages are of, whether any is to be seen to, which of them are open anew."""

    alerts: Mapping[int, Alert] = {}
    any_open: bool = False
    anew: frozenset[int] = frozenset()


class History(msgspec.Struct, frozen=True):
    """What went to a person: when, in the last hour, what counts for AN_HOUR; when the last message of alerts, and the
    last one that something is over, on this channel; and when they were told of alerts last."""

    hour: tuple[int, ...] = ()
    last_us: int = 0
    last_resolved_us: int = 0
    told_us: Mapping[int, int] = {}


class Send(msgspec.Struct, frozen=True):
    """One message of these rows; `over` more came and went. `late`: there was no way for over an hour."""

    rows: tuple[Message, ...]
    over: int = 0
    late: bool = False


class Decision(msgspec.Struct, frozen=True):
    """Rows by what becomes of them: `dropped` with why, `later` with when, and what is sent."""

    dropped: tuple[tuple[Message, str], ...] = ()
    later: tuple[tuple[Message, int], ...] = ()
    sends: tuple[Send, ...] = ()


class _Sorting:
    def __init__(self) -> None:
        self.dropped: list[tuple[Message, str]] = []
        self.later: list[tuple[Message, int]] = []
        self.sends: list[Send] = []

    def decision(self) -> Decision:
        return Decision(tuple(self.dropped), tuple(self.later), tuple(self.sends))


def decide(
    rows: Sequence[Message],
    person: Recipient | None,
    standing: Standing,
    history: History,
    now_us: int,
    zone: ZoneInfo,
    closed_until_us: int | None = None,
) -> Decision:
    """Of one person's rows of one channel that are due. What they chose, and what is open, is that of this moment.
    `closed_until_us`: when the shop opens, where it is closed."""
    sorting = _Sorting()
    waiting: list[Message] = []
    over = 0
    for row in rows:
        if why := _unwanted(row, person):
            sorting.dropped.append((row, why))
        elif row.what in ("digest", "open") and not standing.any_open:
            sorting.dropped.append((row, "over"))
        elif row.what == "resolved" and row.alert in standing.anew:
            sorting.dropped.append((row, "anew"))
        elif row.what in ("said", "test") or row.channel in PROGRAMS:
            sorting.sends.append(Send((row,)))
        elif row.what in TELLING and _is_over(row, standing.alerts.get(row.alert)):
            over += 1
            sorting.dropped.append((row, "over"))
        else:
            waiting.append(row)
    if person is not None:
        _time(sorting, waiting, person, history, over, now_us, zone, closed_until_us)
    return sorting.decision()


def _unwanted(row: Message, person: Recipient | None) -> str:
    """Why a person is not sent a message that was queued for them; "" where they are."""
    if person is None:
        return "gone"
    if not person.reached(row.channel):
        return "no_address"
    chosen = (*person.prefs.enabled_channels, *person.prefs.urgent_channels)
    if row.what not in ("said", "test") and row.channel not in chosen:
        return "not_wanted"
    return "away" if person.away and row.what in TELLING and row.severity != "critical" else ""


def _is_over(row: Message, alert: Alert | None) -> bool:
    if alert is None or not alert.is_open:
        return True
    return alert.state == "acknowledged" and row.what != "worse"


def _time(
    sorting: _Sorting,
    rows: Sequence[Message],
    person: Recipient,
    history: History,
    over: int,
    now_us: int,
    zone: ZoneInfo,
    closed_until_us: int | None,
) -> None:
    """Whether now is the time."""
    asleep_us = quiet_until_us(person.prefs, now_us, zone)
    together: list[Message] = []
    ended: list[Message] = []
    held_up: list[Message] = []
    for row in rows:
        critical = row.severity == "critical" and row.what in (*TELLING, "taken")
        told_us = history.told_us.get(row.alert, 0) if row.what == "resolved" else 0
        own = row.channel in SHOPS_OWN
        quiet_us = closed_until_us if own else None if row.channel in person.prefs.quiet_spares else asleep_us
        tonight = told_us and not own and quiet_until_us(person.prefs, told_us, zone) == quiet_us
        if quiet_us and not tonight and not (critical and (own or person.prefs.critical_passes)):
            sorting.later.append((row, quiet_us))
        elif row.why in LINE and now_us - row.made_us > MINUTE_US:
            held_up.append(row)
        elif critical or row.what in ("taken", "digest", "open", "report"):
            sorting.sends.append(Send((row,)))
        else:
            (ended if row.what == "resolved" else together).append(row)
    if held_up:
        late = any(now_us - row.made_us > HOUR_US for row in held_up)
        sorting.sends.append(Send(tuple(held_up), over, late))
        over = 0
    if together:
        _group(sorting, together, _free_us(history, now_us), now_us, over)
    if ended:
        _group(sorting, ended, history.last_resolved_us + RESOLVED_US if history.last_resolved_us else 0, now_us)


def _free_us(history: History, now_us: int) -> int:
    """When the next message of alerts may go."""
    next_us = history.last_us + NEXT_GROUP_US if history.last_us else 0
    lately = [at_us for at_us in history.hour if at_us > now_us - HOUR_US]
    return max(next_us, lately[-AN_HOUR] + HOUR_US) if len(lately) >= AN_HOUR else next_us


def _group(sorting: _Sorting, rows: list[Message], free_us: int, now_us: int, over: int = 0) -> None:
    if free_us > now_us:
        sorting.later += [(row, free_us) for row in rows]
    else:
        sorting.sends.append(Send(tuple(rows), over))
