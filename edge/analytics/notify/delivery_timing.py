"""Decide which of a person's waiting messages to send now, alone or combined, and which to postpone or drop. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.notification_plan import INSTEAD, SHOPS_OWN, STAND_IN
from edge.analytics.notify.preferences import quiet_until_us
from edge.core.registry import Pacing, Severity
from edge.foundation.alerts.queries import Alert
from edge.foundation.alerts.rules import HOUR_US, MINUTE_US
from edge.foundation.outbox.messages import GROUP_US, HELD_UP, NEXT_GROUP_US, OTHER_CHANNEL, TELLING, TOLD, Message

AN_HOUR = 10
"""Maximum non-critical messages to a person per hour; further ones are combined once the first is an hour old."""
SECOND_US = 1_000_000
RESOLVED_US = 10 * MINUTE_US
AT_ONCE = ("said", "test", "answer")
"""Types of messages that a person just requested; they aren't delayed."""
PROGRAMS = frozenset({"webhook"})
"""Channels to programs: each event is sent separately, at any hour, in order."""


class DeliveryState(msgspec.Struct, frozen=True):
    """The current state on which decisions are based.

    `alerts`: the messages' alerts by id. `empty`: ids of messages with nothing left to list. `anew`: ids of reopened
    alerts. `overtaken`: ids of superseded messages. `gone`: messages about resolved alerts that an earlier attempt
    counted. `pacing`: the rate limit of each rate-limited kind of alert.
    """

    alerts: Mapping[int, Alert] = {}
    empty: frozenset[int] = frozenset()
    anew: frozenset[int] = frozenset()
    overtaken: frozenset[int] = frozenset()
    gone: tuple[Message, ...] = ()
    pacing: Mapping[str, Pacing] = {}


class ToldOf(msgspec.Struct, frozen=True):
    """A rate-limited alert (see `Pacing`) in a message of the last hour: the message's bundle, time and channel, and
    the alert's kind and subject."""

    bundle: int
    at_us: int
    channel: str
    kind: str
    subject: str


class History(msgspec.Struct, frozen=True):
    """Earlier messages to a person.

    `hour`: times of messages within the last hour. `last_us`, `last_resolved_us`: the last alert message and the last
    resolution on this channel. `told_us`: the last message about each alert on any channel. `paced`: messages about
    rate-limited alerts.
    """

    hour: tuple[int, ...] = ()
    last_us: int = 0
    last_resolved_us: int = 0
    told_us: Mapping[int, int] = {}
    paced: tuple[ToldOf, ...] = ()


class Send(msgspec.Struct, frozen=True):
    """A message that covers these rows.

    `over`: unsent messages about alerts that no longer need attention, which are only counted; `late`: the message was
    held up for over an hour.
    """

    rows: tuple[Message, ...]
    over: tuple[Message, ...] = ()
    late: bool = False


class Decision(msgspec.Struct, frozen=True):
    """The decision for each row: `dropped` with a reason, `later` with a time, or sent."""

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
    standing: DeliveryState,
    history: History,
    now_us: int,
    zone: ZoneInfo,
    closed_until_us: int | None = None,
) -> Decision:
    """Decide on one person's due rows of one channel, with current preferences and alerts. `closed_until_us`: the time
    the shop opens, if it's closed.
    """
    sorting = _Sorting()
    waiting: list[Message] = []
    over = list(standing.gone)
    for row in rows:
        if why := _drop_reason(row, person, standing.alerts.get(row.alert)):
            sorting.dropped.append((row, why))
        elif row.id in standing.empty:
            sorting.dropped.append((row, "over"))
        elif row.what == "resolved" and row.alert in standing.anew:
            sorting.dropped.append((row, "anew"))
        elif row.what in AT_ONCE or row.channel in PROGRAMS:
            sorting.sends.append(Send((row,)))
        elif row.id in standing.overtaken:
            sorting.dropped.append((row, "overtaken"))
        elif row.what in TELLING and is_over(row, standing.alerts.get(row.alert)):
            over.append(row)
            sorting.dropped.append((row, "over"))
        else:
            waiting.append(row)
    if person is not None:
        waiting = _apply_pacing(sorting, waiting, standing, history, now_us)
        _time(sorting, waiting, person, history, over, now_us, zone, closed_until_us)
    return sorting.decision()


def _drop_reason(row: Message, person: Recipient | None, alert: Alert | None) -> str:
    """The reason a queued message isn't sent to a person; "" if it is sent."""
    if person is None:
        return "gone"
    if row.what == "answer":
        return ""  # an answer goes to the number that wrote
    if not person.is_reachable(row.channel):
        return person.flagged.get(row.channel, "no_address")
    chosen = (*person.prefs.enabled_channels, *person.prefs.urgent_channels)
    own = person.prefs.channels_of(alert.kind, alert.severity) if alert else ()
    if row.what not in AT_ONCE and row.channel not in (*chosen, *own):
        return OTHER_CHANNEL
    at_once = row.what in TELLING and row.severity != "critical" and not row.step and row.about != INSTEAD
    if at_once and own and row.channel not in own and not person.is_unreachable(own) and not (alert and alert.channels):
        return OTHER_CHANNEL
    if person.away and row.what in TELLING and row.severity != "critical":
        return "away"
    return _not_theirs(row, person, alert)


def _not_theirs(row: Message, person: Recipient, alert: Alert | None) -> str:
    """The reason a message no longer concerns a person, by role or later preferences; "" if it does.

    Preferences don't apply to critical alerts, escalations and alerts that name the person.
    """
    if alert is None:
        return "no_right" if row.what in ("open", "report") and not person.manages else ""
    named = person.id in alert.people or person.role in alert.roles
    if not (person.manages or named):
        return "no_right"
    if row.what == "resolved":
        return "" if person.prefs.wants_end(row.channel, alert.kind, alert.severity) else "not_wanted"
    chosen = row.what in TELLING and row.severity != "critical" and not row.step and not named and row.about != STAND_IN
    return "not_wanted" if chosen and not person.prefs.wants(cast(Severity, row.severity), alert.kind) else ""


def overtakes(newer: Message, row: Message) -> bool:
    """Whether a message of a later turn of the alert was sent to the person, or will be sent first.

    The older message would only repeat part of it.
    """
    goes = newer.state in TOLD or (newer.state in ("queued", "sending") and newer.channel == row.channel)
    return goes and newer.person == row.person and newer.turn > row.turn >= 0


def is_over(row: Message, alert: Alert | None) -> bool:
    """Whether an alert no longer needs attention: it's resolved, or acknowledged and not worse."""
    if alert is None or not alert.is_open:
        return True
    return alert.state == "acknowledged" and row.what != "worse"


def _apply_pacing(
    sorting: _Sorting, rows: Sequence[Message], standing: DeliveryState, history: History, now_us: int
) -> list[Message]:
    """The messages that needn't wait because of recent ones of their kind; the others are postponed."""
    now: list[Message] = []
    for row in rows:
        alert = standing.alerts.get(row.alert)
        pacing = standing.pacing.get(alert.kind) if alert else None
        usual = pacing is None or alert is None or row.severity == "critical" or row.bundle
        free_us = 0 if usual else _next_of(pacing, alert, row.channel, standing, history)  # type: ignore[arg-type]
        if row.what in TELLING and free_us > now_us:
            sorting.later.append((row, free_us))
        else:
            now.append(row)
    return now


def _next_of(pacing: Pacing, alert: Alert, channel: str, standing: DeliveryState, history: History) -> int:
    """The earliest time for notifying a person of a rate-limited alert."""
    told = [one for one in history.paced if standing.pacing.get(one.kind) == pacing]
    times = sorted({one.bundle: one.at_us for one in told}.values())
    full_us = times[-pacing.an_hour] + HOUR_US if len(times) >= pacing.an_hour else 0
    same = [one.at_us for one in told if one.channel == channel and one.subject == alert.subject]
    return max(full_us, max(same) + pacing.apart_s * SECOND_US if same else 0)


def _time(
    sorting: _Sorting,
    rows: Sequence[Message],
    person: Recipient,
    history: History,
    over: list[Message],
    now_us: int,
    zone: ZoneInfo,
    closed_until_us: int | None,
) -> None:
    """Sort messages by whether they may be sent now."""
    asleep_us = quiet_until_us(person.prefs, now_us, zone)
    together: list[Message] = []
    ended: list[Message] = []
    held_up: list[Message] = []
    again: dict[int, list[Message]] = {}
    for row in rows:
        critical = row.severity == "critical" and row.what in (*TELLING, "taken")
        told_us = history.told_us.get(row.alert, 0) if row.what == "resolved" else 0
        own = row.channel in SHOPS_OWN
        noisy = row.channel not in person.prefs.quiet_spares and not _just_before(row, person, now_us, zone)
        quiet_us = closed_until_us if own else asleep_us if noisy else None
        tonight = told_us and not own and quiet_until_us(person.prefs, told_us, zone) == quiet_us
        if quiet_us and not tonight and not (critical and (own or person.prefs.critical_passes)):
            sorting.later.append((row, quiet_us))
        elif row.bundle:  # may have been sent as one message: don't add to it
            again.setdefault(row.bundle, []).append(row)
        elif row.why in HELD_UP and now_us - row.made_us > MINUTE_US:
            held_up.append(row)
        elif critical or row.what in ("taken", "digest", "open", "report"):
            sorting.sends.append(Send((row,)))
        else:
            (ended if row.what == "resolved" else together).append(row)
    for bundle, some in again.items():
        sorting.sends.append(Send(tuple(some), tuple(one for one in over if one.bundle == bundle)))
    over = [one for one in over if one.bundle not in again]
    if held_up:
        late = any(now_us - row.made_us > HOUR_US for row in held_up)
        sorting.sends.append(Send(tuple(held_up), tuple(over), late))
        over = []
    if together:
        _group(sorting, together, _free_us(history, now_us), now_us, over)
    if ended:
        _group(sorting, ended, history.last_resolved_us + RESOLVED_US if history.last_resolved_us else 0, now_us)


def _just_before(row: Message, person: Recipient, now_us: int, zone: ZoneInfo) -> bool:
    """Whether a message was only waiting to be grouped when quiet hours began."""
    fresh = row.tries == 0 and 0 <= now_us - row.made_us <= 2 * GROUP_US
    return fresh and quiet_until_us(person.prefs, row.made_us, zone) is None


def _free_us(history: History, now_us: int) -> int:
    """The earliest time for the next alert message."""
    next_us = history.last_us + NEXT_GROUP_US if history.last_us else 0
    lately = [at_us for at_us in history.hour if at_us > now_us - HOUR_US]
    return max(next_us, lately[-AN_HOUR] + HOUR_US) if len(lately) >= AN_HOUR else next_us


def _group(sorting: _Sorting, rows: list[Message], free_us: int, now_us: int, over: Sequence[Message] = ()) -> None:
    if free_us > now_us:
        sorting.later += [(row, free_us) for row in rows]
    else:
        sorting.sends.append(Send(tuple(rows), tuple(over)))
