"""Notification history: when people were notified of alerts. Queries work on any connection."""

from __future__ import annotations

from edge.core.storage.database import Connection

MEANWHILE_US = 2_000_000
"""How long after the requested time a message may still be in transit. Later ones were recorded by a fast clock and are
ignored."""


def message_times_since(db: Connection, person: str, since_us: int, now_us: int) -> list[int]:
    """Times of messages that count towards a person's hourly limit, one per bundle."""
    query = """
        SELECT max(changed_us) FROM notify_message WHERE person = ? AND changed_us BETWEEN ? AND ?
        AND state IN ('sent', 'delivered', 'unknown') AND what IN ('raised', 'worse', 'again', 'often')
        AND severity <> 'critical' GROUP BY bundle ORDER BY 1
    """
    return [at_us for (at_us,) in db.execute(query, (person, since_us, now_us + MEANWHILE_US))]


def last_sent_us(db: Connection, person: str, channel: str, whats: tuple[str, ...], now_us: int) -> int:
    """Return the time of the last message of these kinds on this route, without critical ones; 0: never."""
    marks = ", ".join("?" * len(whats))
    query = f"""
        SELECT max(changed_us) FROM notify_message WHERE person = ? AND channel = ? AND changed_us <= ?
        AND state IN ('sent', 'delivered', 'unknown') AND severity <> 'critical' AND what IN ({marks})
    """
    found = db.execute(query, (person, channel, now_us + MEANWHILE_US, *whats)).fetchone()[0]
    return int(found or 0)


def notified_times_us(db: Connection, person: str, channel: str, since_us: int, now_us: int) -> dict[int, int]:
    """When a person was last notified of each alert on a channel, in a period."""
    query = """
        SELECT alert, max(changed_us) FROM notify_message
        WHERE person = ? AND channel = ? AND changed_us BETWEEN ? AND ?
        AND state IN ('sent', 'delivered', 'unknown') AND what IN ('raised', 'worse', 'again', 'often') GROUP BY alert
    """
    return dict(db.execute(query, (person, channel, since_us, now_us + MEANWHILE_US)).fetchall())


def notifications_since(db: Connection, person: str, since_us: int, now_us: int) -> list[tuple[int, int, str, int]]:
    """Notifications of a person in a period: message (bundle), time, channel and alert."""
    query = """
        SELECT bundle, changed_us, channel, alert FROM notify_message WHERE person = ? AND changed_us BETWEEN ? AND ?
        AND state IN ('sent', 'delivered', 'unknown') AND what IN ('raised', 'worse', 'again', 'often')
    """
    found = db.execute(query, (person, since_us, now_us + MEANWHILE_US))
    return [(bundle, at_us, channel, alert) for bundle, at_us, channel, alert in found]


def notified_alerts(db: Connection, person: str) -> set[int]:
    """Return the alerts of which a person was or may have been notified, according to the stored messages."""
    query = """
        SELECT DISTINCT alert FROM notify_message WHERE person = ?
        AND state IN ('sent', 'delivered', 'unknown') AND what IN ('raised', 'worse', 'again', 'often')
    """
    return {alert for (alert,) in db.execute(query, (person,))}


def last_told(db: Connection, person: str) -> dict[int, int]:
    """Return when a person was last, or may have been, notified of each alert on any channel, according to the stored
    messages."""
    query = """
        SELECT alert, max(changed_us) FROM notify_message WHERE person = ?
        AND state IN ('sent', 'delivered', 'unknown') AND what IN ('raised', 'worse', 'again', 'often') GROUP BY alert
    """
    return dict(db.execute(query, (person,)).fetchall())
