"""Queries of web orders."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.people.remarks import read_remark
from edge.core.storage.database import Connection
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.web_article import WebArticle
from edge.ordering.web_orders.web_order import WebChannel, WebOrder

SHOWN = 100
_FIELDS = "w.channel, w.reference, w.state, w.why, w.order_id, w.at_us, coalesce(h.told, '{}')"
_FROM = "web_order w LEFT JOIN web_order_held h USING (channel, reference)"
_NEWEST = f"SELECT {_FIELDS} FROM {_FROM} ORDER BY w.state = 'held' DESC, w.seq DESC LIMIT {SHOWN}"
_ONE = f"SELECT {_FIELDS} FROM {_FROM} WHERE (w.channel, w.reference) = (?, ?)"
_HELD = "SELECT body FROM web_order_held WHERE (channel, reference) = (?, ?)"
_LAST = "SELECT body FROM web_order_told WHERE (channel, reference) = (?, ?)"


class WebOrderState(msgspec.Struct, frozen=True):
    """The state of a channel's order.

    `taken` as `order`; `held` for the reason `why` (a refusal's code and values); `cancelled`; or `dropped` by a
    person. `unpaid`: it isn't an order yet and is ignored so far.
    """

    channel: str
    reference: str
    state: str
    why: str
    order: str
    at_us: int
    told: dict[str, str | int]


def web_channels(db: Connection) -> tuple[WebChannel, ...]:
    """All channels, by id."""
    return CHANNELS.read(db)


def web_articles(db: Connection) -> tuple[WebArticle, ...]:
    """Mapped articles, by channel and the channel's name for them."""
    return ARTICLES.read(db)


def web_orders(db: Connection) -> list[WebOrderState]:
    """States of web orders: waiting ones first, then the newest; at most 100."""
    return [_state(row) for row in db.execute(_NEWEST)]


def find_web_order(db: Connection, channel: str, reference: str) -> WebOrderState | None:
    """An order's state; None if it never arrived."""
    row = db.execute(_ONE, (channel, reference)).fetchone()
    return _state(row) if row else None


def held_order(db: Connection, channel: str, reference: str) -> WebOrder | None:
    """A held order's content; None if it's not held, or too old to decrypt."""
    row = db.execute(_HELD, (channel, reference)).fetchone()
    body = read_remark(db, row[0]) if row else ""
    return msgspec.json.decode(body, type=WebOrder) if body else None


def last_told(db: Connection, channel: str, reference: str) -> WebOrder | None:
    """The channel's last message about an order, without personal data (`web_order.without_people`).

    None if there is none or it's too old to decrypt.
    """
    row = db.execute(_LAST, (channel, reference)).fetchone()
    body = read_remark(db, row[0]) if row else ""
    return msgspec.json.decode(body, type=WebOrder) if body else None


def _state(row: tuple[Any, ...]) -> WebOrderState:
    channel, reference, state, why, order, at_us, told = row
    values = msgspec.json.decode(told, type=dict[str, str | int])
    return WebOrderState(channel, reference, state, why, order, at_us, values)
