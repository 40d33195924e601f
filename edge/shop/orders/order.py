"""What an order says of itself. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated

import msgspec

from edge.shop.orders.rules import Channel, Fulfilment, State
from edge.shop.till.rules.event_structs import RecordedLine

OrderId = Annotated[str, msgspec.Meta(pattern=r"^o[0-9a-z]{8,40}$")]
CartId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
SECRET = r"[A-Za-z0-9_-]{20,64}"
Secret = Annotated[str, msgspec.Meta(pattern=rf"^{SECRET}$")]
Someone = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$")]
"""The id of a customer or of somebody who works here; empty: of nobody."""
_IN_LINK = re.compile(r"/order/([A-Za-z0-9_-]{20,64})(?:[?#].*)?$")


class OrderGoods(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is ordered, with its prices as they were promised: the lines of a basket, and how its promotions are called.

    `min_age` is the highest of its products; `total_minor` is with all taxes, deposits and the fee of delivery, one of
    the lines.
    """

    lines: tuple[RecordedLine, ...]
    promotions: dict[str, dict[str, str]] = {}
    price_list: str = "store"
    min_age: int = 0
    total_minor: int = 0
    fee_minor: int = 0

    @property
    def sold(self) -> tuple[RecordedLine, ...]:
        """The lines that were not struck."""
        return tuple(line for line in self.lines if not line.voided)


class OrderStep(msgspec.Struct, frozen=True):
    """One step of an order: from which state to which, when, by whom, from where and why."""

    order: str
    seq: int
    was: str
    now: str
    at_us: int
    actor: str
    surface: str
    reason: str


class KeptOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """An order as it is now. `said`: what people call it. `late`: nobody accepted it in time, or its slot is over.
    `no_show`: it is ready, and the day of its slot is over. `stranded`: the shop is closed at the time of its slot.

    `name`, `phone`, `address` and `note` are what the customer said; empty where they said nothing or were forgotten.
    `register` and `receipt` are of its sale. `secret` and `code`: of its QR and for picking it up, while they are good.
    """

    id: str
    number: int
    said: str
    business_date: str
    state: State
    channel: Channel
    placed_us: int
    changed_us: int
    fulfilment: Fulfilment
    goods: OrderGoods
    currency: str
    seq: int = 0
    language: str = ""
    version: int = 1
    slot_from_us: int = 0
    slot_until_us: int = 0
    zone: str = ""
    place: str = ""
    customer: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""
    driver: str = ""
    attempts: int = 0
    register: str = ""
    receipt: int = 0
    late: bool = False
    no_show: bool = False
    stranded: bool = False
    secret: str = ""
    code: str = ""

    @property
    def open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state not in ("handed_over", "delivered", "rejected", "cancelled")


def secret_in(scanned: str) -> str:
    """The secret that a scanned QR holds; empty: it is none of an order's."""
    found = _IN_LINK.search(scanned.strip())
    return found[1] if found else ""


def digest(secret: str) -> str:
    """What the journal knows of a secret: 128 random bits and more need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
