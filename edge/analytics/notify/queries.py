"""Reads of notifications."""

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
    """What became of a message: to whom, how, and why it was not delivered. Times in UTC microseconds."""

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
    """The shop's channels, and how each is."""
    return read_channels(db)


def push_key(db: Connection) -> str:
    """By which a browser knows this box among those that push to it (VAPID, RFC 8292): base64url; "" where none may."""
    secret = read_push_key(db)
    return padless(public_bytes(key_of(secret))) if secret and "push" in usable_channels(db) else ""


def deliveries(db: Connection, alert: Number = 0, state: str = "", limit: Number = 50) -> list[Delivery]:
    """What became of messages: of one alert, or the newest of all."""
    found = outbox.of_alert(db, alert) if alert else outbox.newest(db, min(limit, 200), state)
    return [delivery(one) for one in found]


def delivery(message: Message) -> Delivery:
    """A message without what it said."""
    return Delivery(*(getattr(message, name) for name in Delivery.__struct_fields__))


def spoken_to(db: Connection, person: str) -> LanguageOrNone:
    """The language in which somebody wants to be told; "": the shop's."""
    prefs = read_preferences(db, person)
    return prefs.language if prefs else ""


def reaches_anybody(db: Connection) -> bool:
    """Whether somebody chose to be told of what is grave, beside whoever looks at the page."""
    return read_reach(db, "", {}).gap not in ("nobody", "instead")
