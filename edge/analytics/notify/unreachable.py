"""Addresses that take no messages any more (STOP, a number or a mailbox that there is not, a webhook that is gone): not
tried again until they are changed, or a test is sent to them. Local state, sealed under their person's key."""

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
"""Keys of [undelivered] that are said of an address, and of `notify.flagged_do_*`, what to do."""
_PUT = "INSERT OR REPLACE INTO notify_flagged (person, channel, why, body, at_us) VALUES (?, ?, ?, ?, ?)"


def reason_of(channel: str, why: str, detail: str) -> str:
    """What an answer says of the address itself; "": nothing."""
    if channel == "email" and why == "refused" and "5.1.1" in detail:  # RFC 3463: no such mailbox
        return "no_mailbox"
    return why if why in REASONS else ""


def read_flags(db: Connection, ring: Keyring) -> dict[str, dict[str, tuple[str, str]]]:
    """By person and channel: why, and the address that it was said of."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for person, channel, why, body in db.execute("SELECT person, channel, why, body FROM notify_flagged").fetchall():
        found.setdefault(person, {})[channel] = (why, ring.open(person, *PLACE, body) or "")
    return found


def still_flagged(flags: Mapping[str, tuple[str, str]], prefs: NotificationPreferences) -> dict[str, str]:
    """The channels whose address is that of then: why it is not tried."""
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
    """On the writer's connection: nothing more goes there, whoever has that address. What waits for it goes by the next
    channel of whom it is for."""
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
    """It is to be tried again."""
    db.execute("DELETE FROM notify_flagged WHERE person = ? AND channel = ?", (person, channel))


def unflag_changed(db: Connection, person: str, prefs: NotificationPreferences) -> None:
    """What was said of addresses that a person has no more is forgotten."""
    flags = read_flags(db, Keyring(db)).get(person, {})
    for channel in flags.keys() - still_flagged(flags, prefs).keys():
        unflag(db, person, channel)
