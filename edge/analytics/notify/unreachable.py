"""Addresses that no longer accept messages (STOP, an unknown number or mailbox, a removed webhook).

They aren't used until they change or get a test. Local state, encrypted with their person's key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.notification_plan import instead
from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import alert_itself
from edge.foundation.outbox import messages as outbox

PLACE = ("notify_flagged", "body")
REASONS = ("number_stopped", "no_such_number", "hook_gone", "no_browser", "no_mailbox")
"""Keys of [undelivered] for address faults, and of the advice `notify.flagged_do_*`."""
_PUT = "INSERT OR REPLACE INTO notify_flagged (person, channel, why, body, at_us) VALUES (?, ?, ?, ?, ?)"


def reason_of(channel: str, why: str, detail: str) -> str:
    """The fault of the address itself according to a service's answer; "" if it has none."""
    if channel == "email" and why == "refused" and "5.1.1" in detail:  # RFC 3463: no such mailbox
        return "no_mailbox"
    return why if why in REASONS else ""


def read_flags(db: Connection, ring: Keyring) -> dict[str, dict[str, tuple[str, str]]]:
    """Blocked addresses by person and channel, with the reason."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for person, channel, why, body in db.execute("SELECT person, channel, why, body FROM notify_flagged").fetchall():
        found.setdefault(person, {})[channel] = (why, ring.open(person, *PLACE, body) or "")
    return found


def blocked_channels(flags: Mapping[str, tuple[str, str]], prefs: NotificationPreferences) -> dict[str, str]:
    """The blocked channels whose address hasn't changed since they were blocked, with the reason."""
    return {channel: why for channel, (why, address) in flags.items() if address == prefs.address(channel)}


def flag(
    db: Connection,
    person: Recipient,
    channel: str,
    why: str,
    people: Collection[Recipient],
    usable: frozenset[str],
    now_us: int,
) -> None:
    """Block an address for everyone who has it; waiting messages go to the next channel. On the writer's connection."""
    address, ring = person.prefs.address(channel), Keyring(db)
    for one in people:
        if one.id != person.id and (channel == "push" or one.prefs.address(channel) != address):
            continue
        db.execute(_PUT, (one.id, channel, why, ring.seal(one.id, *PLACE, address), now_us))
        waiting = "SELECT id FROM notify_message WHERE state = 'queued' AND person = ? AND channel = ?"
        for (id,) in db.execute(waiting, (one.id, channel)).fetchall():
            outbox.settle(db, [id], now_us, state="failed", why=why)
            row = outbox.read_message(db, id)
            alert = alert_itself(db, row.alert) if row and row.alert else None
            if row and alert and alert.is_open:
                outbox.queue(db, instead(row, alert, one, outbox.of_alert(db, row.alert), usable), now_us)


def unflag(db: Connection, person: str, channel: str) -> None:
    """Unblock a channel's address."""
    db.execute("DELETE FROM notify_flagged WHERE person = ? AND channel = ?", (person, channel))


def unflag_changed(db: Connection, person: str, prefs: NotificationPreferences) -> None:
    """Remove blocks of addresses a person no longer has."""
    flags = read_flags(db, Keyring(db)).get(person, {})
    for channel in flags.keys() - blocked_channels(flags, prefs).keys():
        unflag(db, person, channel)
