"""Find missing messages in the reader process: open alerts to announce, and resolutions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.insight.reports import newest_made
from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.delivery_timing import PROGRAMS
from edge.analytics.notify.digests import alerts_listed, digest_key, unminded_alerts
from edge.analytics.notify.notification_plan import (
    Ladder,
    acknowledged_messages,
    first_us,
    office_key,
    office_letter,
    plan,
    resolved_messages,
    times_back,
)
from edge.analytics.notify.preferences import last_due_us, quiet_until_us
from edge.analytics.notify.recipients import read_channels, read_recipients, usable_channels
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import (
    Alert,
    alert_itself,
    cause_ended_us,
    find_open,
    open_alerts,
    open_among,
    openings_since_quiet,
)
from edge.foundation.alerts.rules import DAY_US, HOUR_US, MINUTE_US
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.messages import ClockStep, New

SETTLE_US = 3 * MINUTE_US
"""Time that messages wait after a restore.

Alerts that still apply are raised again in that time, and combined in the message about possible repeats.
"""
DIGEST_US = 15 * MINUTE_US
"""Age up to which a first digest is created; an older one predates the recipient's request.

People who had a digest before also get a missed one.
"""
_NEWS = """
    SELECT id FROM alert LEFT JOIN notify_ladder AS ladder ON ladder.alert = id
    WHERE state <> 'resolved' AND (ladder.turn IS NULL OR ladder.turn <> alert.turn
        OR (state = 'raised' AND severity = 'critical') OR (state = 'acknowledged' AND NOT taken))
"""
"""Selects alerts that may need a message. Most open alerts were already sent, and need none until resolved."""
_LADDERS = "SELECT alert, turn, step, since_us, taken FROM notify_ladder"
_OVER = "SELECT notify_ladder.alert FROM notify_ladder JOIN alert ON id = notify_ladder.alert WHERE state = 'resolved'"
_PUT = "INSERT OR REPLACE INTO notify_ladder (alert, turn, step, since_us, taken) VALUES (?, ?, ?, ?, ?)"
_HAD_DIGEST = "SELECT DISTINCT person FROM notify_message WHERE what = 'digest'"
_KNOWN = "SELECT 1 FROM notify_message WHERE key = ?"
_HAS_MESSAGE = "SELECT 1 FROM notify_message WHERE key >= ? AND key < ?"
"""Finds out whether a message with this key prefix exists, on any channel."""


class Needed(msgspec.Struct):
    """Changes to write: messages, escalation states, and finished escalations.

    `settles`: after a restore, wait until conditions are detected again; `was_set_back`: that wait is over.
    """

    messages: list[New] = msgspec.field(default_factory=list)
    ladders: list[Ladder] = msgspec.field(default_factory=list)
    over: list[int] = msgspec.field(default_factory=list)
    was_set_back: bool = False
    settles: bool = False

    def __bool__(self) -> bool:
        return bool(self.messages or self.ladders or self.over or self.was_set_back or self.settles)

    def write(self, db: Connection, now_us: int) -> int:
        """Write the changes on the writer's connection; returns the number of new messages."""
        added = outbox.queue(db, self.messages, now_us)
        for one in self.ladders:
            db.execute(_PUT, (one.alert, one.turn, one.step, one.since_us, one.taken))
        for alert in self.over:
            db.execute("DELETE FROM notify_ladder WHERE alert = ?", (alert,))
        if self.was_set_back:
            db.execute("DELETE FROM notify_set_back")
        if self.settles:
            db.execute("UPDATE notify_set_back SET since_us = ?", (now_us,))
        return added


def needed_messages(
    db: Connection, now_us: int, day: Callable[[int], str], zone: ZoneInfo, office: bool = False
) -> Needed:
    """Plan the messages that are due; idempotent. `office`: head office is notified as the last resort."""
    found = Needed()
    if set_back := db.execute("SELECT since_us FROM notify_set_back").fetchone():
        if not 0 < set_back[0] <= now_us:
            return Needed(settles=True)
        if now_us - set_back[0] < SETTLE_US:
            return Needed()
        people, usable = read_recipients(db, day(now_us)), usable_channels(db)
        return _after_set_back(open_alerts(db), people, usable, now_us)
    alerts = open_among(db, [id for (id,) in db.execute(_NEWS)])
    ladders = {
        id: Ladder(id, turn, step, since_us, bool(told))
        for id, turn, step, since_us, told in db.execute(_LADDERS).fetchall()
    }
    people = read_recipients(db, day(now_us))
    usable = usable_channels(db)
    unheard = {one.id for one in people if not _hears_critical(one, now_us, zone)}
    down = {one.name for one in read_channels(db) if one.fault or one.breaker == "open"}
    for alert in alerts:
        ladder = ladders.get(alert.id)
        if alert.state == "acknowledged" and ladder and ladder.turn == alert.turn and not ladder.taken:
            found.messages += acknowledged_messages(alert, outbox.of_alert(db, alert.id)) if ladder.step else []
            found.ladders.append(msgspec.structs.replace(ladder, taken=True))
            continue
        told_us = first_us(alert, cause_ended_us(db, alert))
        returns = times_back(openings_since_quiet(db, alert.kind, alert.subject, now_us))
        before = outbox.of_alert(db, alert.id) if ladder and alert.severity == "critical" else ()
        step = plan(alert, ladder, people, usable, now_us, told_us, returns, unheard, down, before)
        found.messages += step.messages
        found.ladders += [step.ladder] if step.ladder else []
        if office and step.to_office:
            letter = office_letter(alert)
            found.messages += [] if db.execute(_KNOWN, (letter.key,)).fetchone() else [letter]
    _add_resolutions(db, found, people, now_us)
    _digests(db, found, people, usable, now_us, zone)
    _back(db, found, people, usable, date.fromisoformat(day(now_us)))
    _reports(db, found, people, usable, now_us)
    return found


def follow_clock(db: Connection, step: ClockStep, now_us: int) -> None:
    """Adjust to a changed clock, on the writer's connection. See `outbox.messages.follow_clock`."""
    outbox.follow_clock(db, step, now_us)
    update = "UPDATE notify_ladder SET since_us = since_us + ? WHERE since_us BETWEEN ? AND ?"
    db.execute(update, (step.by_us, step.from_us, step.to_us))


def bring_to_now(db: Connection, now_us: int) -> None:
    """Move times in the future to now, on the writer's connection."""
    outbox.bring_to_now(db, now_us)
    db.execute("UPDATE notify_ladder SET since_us = ?1 WHERE since_us > ?1", (now_us,))


def _hears_critical(person: Recipient, now_us: int, zone: ZoneInfo) -> bool:
    return person.prefs.critical_passes or quiet_until_us(person.prefs, now_us, zone) is None


def _add_resolutions(db: Connection, found: Needed, people: list[Recipient], now_us: int) -> None:
    """Add resolutions.

    A recurring alert counts as resolved after an hour without it, and is announced once to everyone notified of any
    occurrence.
    """
    prefs = {one.id: one.prefs for one in people}
    said: set[tuple[str, str, str, str]] = set()
    for (id,) in db.execute(_OVER).fetchall():
        alert = alert_itself(db, id)
        if alert and _keeps_coming_back(db, alert, now_us):
            continue
        if alert and not find_open(db, alert.kind, alert.subject):
            for one in resolved_messages(alert, outbox.of_alert(db, id), prefs):
                way = (alert.kind, alert.subject, one.person, one.channel)
                found.messages += [] if way in said and one.channel not in PROGRAMS else [one]
                said.add(way)
            key = office_key(id)
            found.messages += (
                [office_letter(alert, "resolved")] if db.execute(_HAS_MESSAGE, (key, key + "~")).fetchone() else []
            )
        found.over.append(id)


def _keeps_coming_back(db: Connection, alert: Alert, now_us: int) -> bool:
    openings = openings_since_quiet(db, alert.kind, alert.subject, now_us)
    if not times_back(openings) or alert.id not in {one.id for one in openings}:
        return False
    ended_us = openings[-1].ended_us
    return not ended_us or 0 <= now_us - ended_us < HOUR_US


def _digests(
    db: Connection,
    found: Needed,
    people: list[Recipient],
    usable: frozenset[str],
    now_us: int,
    zone: ZoneInfo,
) -> None:
    """Add digests of alerts announced a day ago and not acknowledged, for each person who may see them, at most one per
    due time.
    """
    had = {person for (person,) in db.execute(_HAD_DIGEST).fetchall()}
    due = []
    for one in people:
        if one.prefs.digest_at and not one.away:
            due_us = last_due_us(one.prefs.digest_at, now_us, zone)
            if now_us - due_us < (DAY_US if one.id in had else DIGEST_US):
                due += [
                    (one, New(digest_key(due_us, one.id, name), 0, "digest", "info", one.id, name))
                    for name in one.channels(usable)[:1]
                ]
    due = [(one, digest) for one, digest in due if not db.execute(_KNOWN, (digest.key,)).fetchone()]
    every = unminded_alerts(db) if due else []
    found.messages += [digest for one, digest in due if alerts_listed(db, one, digest.key, every)]


def _back(db: Connection, found: Needed, people: list[Recipient], usable: frozenset[str], today: date) -> None:
    """Add a digest of open alerts for each person back from leave."""
    for one in people:
        until = one.prefs.away_until
        if until and one.manages and not one.away and today - date.fromisoformat(until) == timedelta(days=1):
            key = f"back:{until}:{one.id}:"
            if not db.execute(_HAS_MESSAGE, (key, f"{key[:-1]};")).fetchone():
                found.messages += [
                    New(key + name, 0, "digest", "info", one.id, name) for name in one.channels(usable)[:1]
                ]


def _reports(db: Connection, found: Needed, people: list[Recipient], usable: frozenset[str], now_us: int) -> None:
    """Add recent reports for each person who wants them, once, on their first channel."""
    for kind, first in newest_made(db, now_us - DAY_US):
        for one in people:
            if kind in one.prefs.reports and one.manages and not one.away:
                for name in one.channels(usable)[:1]:
                    key = f"report:{kind}:{first}:{one.id}:"
                    if not db.execute(_HAS_MESSAGE, (key, f"{key[:-1]};")).fetchone():
                        found.messages.append(New(key + name, 0, "report", "info", one.id, name))


def _after_set_back(alerts: list[Alert], people: list[Recipient], usable: frozenset[str], now_us: int) -> Needed:
    """One message per person with all open alerts, as possibly announced before, and no individual messages."""
    messages = [
        New(f"open:{now_us}:{one.id}:{name}", 0, "open", "high", one.id, name)
        for one in people
        if alerts and one.manages
        for name in one.channels(usable)[:1]
    ]
    ladders = [Ladder(alert.id, alert.turn, 0, now_us) for alert in alerts]
    return Needed(messages, ladders, [], True)
