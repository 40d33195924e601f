"""Encrypted basket names.

A name may be a person's, so rows store it encrypted with the key of the customer or of the day
(`edge.core.people.remarks`).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.till.settings import TillSettings
from edge.lib.late_decoder import late_decoder
from edge.runtime.config.till_choices import DISCOUNT_REASONS

_encode = msgspec.json.Encoder().encode
_decode = late_decoder(Basket)


def kept_basket(tx: Transaction, basket: Basket) -> bytes:
    """Encode a basket for its row."""
    if basket.name or basket.up or basket.away:
        basket = _map_names(basket, lambda name: seal_name(tx, name, basket.customer))
    return _encode(basket)


def basket_of(db: Connection, body: bytes) -> Basket:
    """Decode a row from `kept_basket`."""
    basket = _decode(body)
    return _map_names(basket, Remarks(db).read) if basket.name or basket.up or basket.away else basket


def seal_name(tx: Transaction, name: str, customer: str = "") -> str:
    """Encrypt typed text for rows."""
    return Remarks(tx.db).seal(name, tx.business_date, customer)


def kept_reason(tx: Transaction, reason: str, customer: str, settings: TillSettings) -> str:
    """A price change's reason for the journal. Listed reasons are stored as they are, free text is encrypted."""
    listed = reason in settings.discount_reasons or reason in DISCOUNT_REASONS
    return reason if listed else seal_name(tx, reason, customer)


def _map_names(basket: Basket, name: Callable[[str], str]) -> Basket:
    up, away = basket.up, basket.away
    if up:
        up = msgspec.structs.replace(up, called=name(up.called), who=name(up.who))
    if away:
        away = msgspec.structs.replace(away, called=name(away.called), who=name(away.who))
    return msgspec.structs.replace(basket, name=name(basket.name), up=up, away=away)
