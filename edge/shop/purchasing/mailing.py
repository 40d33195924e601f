"""Orders that go to their supplier by e-mail: letters of the outbox."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core import ids
from edge.core.messages import Number, Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.outbox.letters import letters_of, queue_letter
from edge.shop.outbox.messages import OVER
from edge.shop.purchasing.commands import MailPurchaseOrder
from edge.shop.purchasing.purchase_orders import require_order
from edge.shop.purchasing.queries import read_supplier

MAILABLE = ("approved", "sent")
"""A draft was not agreed to; a sent one may be sent again, in its next version."""
SHOWN = 10
MailState = Literal["queued", "sending", "sent", "delivered", "unknown", "failed", "suppressed"]


class PurchaseLetter(msgspec.Struct, frozen=True):
    """Which order, in which language, and who sent it."""

    number: int
    language: str
    by: str


class MailedPurchase(msgspec.Struct, frozen=True):
    """What became of a mail with an order; `why` is a key of section `undelivered`, `detail` what the server said."""

    id: int
    state: MailState
    why: str
    detail: str
    tries: int
    changed_us: int

    @property
    def waits(self) -> bool:
        return self.state not in OVER


def read_purchase_mails(db: Connection, number: Number) -> list[MailedPurchase]:
    """What became of the mails with an order, the newest first."""
    found = letters_of(db, f"purchase:{number}:")[::-1][:SHOWN]
    return [MailedPurchase(one.id, one.state, one.why, one.detail, one.tries, one.changed_us) for one in found]


def mail(tx: Transaction, command: MailPurchaseOrder) -> int | Refused:
    order = require_order(tx, command.number)
    if isinstance(order, Refused):
        return order
    if order.state not in MAILABLE:
        return Refused("order_not_mailable", {"number": command.number})
    supplier = read_supplier(tx.db, order.supplier)
    if supplier is None or not supplier.email:
        return Refused("supplier_no_email", {"supplier": order.supplier})
    if any(one.waits for one in read_purchase_mails(tx.db, command.number)):
        return Refused("order_mail_waits", {"number": command.number})
    key = f"purchase:{command.number}:{ids.show(ids.CommandId(tx.command_id))}"
    about = PurchaseLetter(command.number, command.language, tx.actor.name)
    queue_letter(tx.db, "purchase", key, f"supplier:{order.supplier}", "email", about, tx.at_us)
    return read_purchase_mails(tx.db, command.number)[0].id
