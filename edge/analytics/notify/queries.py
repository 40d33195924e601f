"""Queries on notifications."""

from __future__ import annotations

import msgspec

from edge.analytics.notify.chat_numbers import Written as Written
from edge.analytics.notify.chat_numbers import unanswered_messages as unanswered_messages
from edge.analytics.notify.push_subscriptions import read_push_key
from edge.analytics.notify.recipients import ChannelState, read_channels, read_preferences, read_reach, usable_channels
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.foundation.outbox import messages as outbox
from edge.foundation.outbox.messages import Message
from edge.lib.i18n import LanguageOrNone
from edge.lib.webpush import key_of, padless, public_bytes


class Delivery(msgspec.Struct, frozen=True):
    """A message's delivery: recipient, channel, state, and the reason for a failure. Times in UTC microseconds."""

    id: int
    alert: int
    what: str
    severity: str
    person: str
    channel: str
    state: str
    why: str
    detail: str
    tries: int
    made_us: int
    next_us: int
    changed_us: int
    provider: str


def channels(db: Connection) -> list[ChannelState]:
    """The shop's channels with their state."""
    return read_channels(db)


def push_key(db: Connection) -> str:
    """This box's public key for browsers' push subscriptions (VAPID, RFC 8292) in base64url; "" if push is off."""
    secret = read_push_key(db)
    return padless(public_bytes(key_of(secret))) if secret and "push" in usable_channels(db) else ""


def deliveries(db: Connection, alert: Number = 0, state: str = "", limit: Number = 50) -> list[Delivery]:
    """Deliveries of one alert, or the newest of all messages (at most 200), with this `state` if given."""
    found = outbox.of_alert(db, alert) if alert else outbox.newest(db, min(limit, 200), state)
    return [delivery(one) for one in found]


def delivery(message: Message) -> Delivery:
    """The delivery of a message, without its text."""
    return Delivery(*(getattr(message, name) for name in Delivery.__struct_fields__))


def spoken_to(db: Connection, person: str) -> LanguageOrNone:
    """A person's preferred language; "": the shop's language."""
    prefs = read_preferences(db, person)
    return prefs.language if prefs else ""


def reaches_anybody(db: Connection) -> bool:
    """Whether anyone has chosen to be notified of severe alerts by channels other than the page."""
    return read_reach(db, "", {}).gap not in ("nobody", "instead")
