"""Sends orders to suppliers by email or API, as outbox letters."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core import ids
from edge.core.messages import Number, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import letters_of, queue_letter
from edge.foundation.outbox.messages import OVER
from edge.goods.purchasing.commands import MailPurchaseOrder, TransmitPurchaseOrder
from edge.goods.purchasing.purchase_orders import require_order
from edge.goods.purchasing.queries import read_supplier

MAILABLE = ("approved", "sent")
"""States in which an order can be mailed.

A draft isn't approved yet; the next version of a sent order can be sent again.
"""
SUPPLIER = "supplier"
"""The channel to suppliers' own systems."""
SHOWN = 10
MailState = Literal["queued", "sending", "sent", "delivered", "unknown", "failed", "suppressed"]


class PurchaseLetter(msgspec.Struct, frozen=True):
    """An order, its language, and its sender."""

    number: int
    language: str
    by: str


class MailedPurchase(msgspec.Struct, frozen=True):
    """Delivery status of an order's mail or, if `channel` is SUPPLIER, API document.

    `why`: a key of section `undelivered`; `detail`: the server's message.
    """

    id: int
    state: MailState
    why: str
    detail: str
    tries: int
    changed_us: int
    channel: str = "email"

    @property
    def waits(self) -> bool:
        return self.state not in OVER


def read_purchase_mails(db: Connection, number: Number) -> list[MailedPurchase]:
    """Delivery status of an order's mails and documents, newest first."""
    found = letters_of(db, f"purchase:{number}:")[::-1][:SHOWN]
    return [
        MailedPurchase(one.id, one.state, one.why, one.detail, one.tries, one.changed_us, one.channel) for one in found
    ]


def mail(tx: Transaction, command: MailPurchaseOrder) -> int:
    return _queue(tx, command.number, "email", command.language)


def transmit(tx: Transaction, command: TransmitPurchaseOrder) -> int:
    return _queue(tx, command.number, SUPPLIER, "")


def _queue(tx: Transaction, number: int, channel: str, language: str) -> int:
    order = require_order(tx, number)
    if order.state not in MAILABLE:
        raise Refusal("order_not_mailable", {"number": number})
    supplier = read_supplier(tx.db, order.supplier)
    if supplier is None or not (supplier.order_url if channel == SUPPLIER else supplier.email):
        raise Refusal("supplier_no_api" if channel == SUPPLIER else "supplier_no_email", {"supplier": order.supplier})
    if any(one.waits for one in read_purchase_mails(tx.db, number)):
        raise Refusal("order_mail_waits", {"number": number})
    key = f"purchase:{number}:{ids.show(ids.CommandId(tx.command_id))}"
    about = PurchaseLetter(number, language, tx.actor.name)
    queue_letter(tx.db, "purchase", key, f"supplier:{order.supplier}", channel, about, tx.at_us)
    return read_purchase_mails(tx.db, number)[0].id
