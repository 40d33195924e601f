"""Reviews of ordered goods, by customers identified by their order's secret.

Possible from hand-over until the order's page expires. A known customer writes under their own id, a guest under the
order's, and the text is erased with that key. For an order handed over in parts, the goods are those of the last part.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import find_by_sku
from edge.lib.regions.ages import may_be_praised
from edge.lib.regions.place import Jurisdiction
from edge.ordering.orders.order import KeptOrder, Secret
from edge.ordering.orders.order_lines import is_goods
from edge.ordering.orders.queries import order_by_secret
from edge.ordering.reviews.commands import ReviewId, TakeBackReview, WriteOrderReview, WriteReview
from edge.ordering.reviews.queries import Review, read_customer_reviews

HANDED = ("handed_over", "delivered")


class ReviewOrdered(Command, frozen=True):
    """Review a product of the order with this secret."""

    personal: ClassVar[tuple[str, ...]] = ("text",)

    secret: Secret
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rating: Annotated[int, msgspec.Meta(ge=-1000, le=1000)]
    text: Annotated[str, msgspec.Meta(max_length=8_000)] = ""


class WithdrawOrdered(Command, frozen=True):
    """Withdraw the review of a product of the order with this secret."""

    secret: Secret
    review: ReviewId


class Reviewable(msgspec.Struct, frozen=True):
    """A product of an order, with its customer's review if there is one."""

    sku: str
    names: dict[str, str]
    review: Review | None = None


def review_ordered(tx: Transaction, command: ReviewOrdered) -> str:
    order = _reviewable_order(tx.db, command.secret, tx.at_us)
    if not any(line.sku == command.sku for line in _goods(order)):
        raise Refusal("review_not_ordered")
    if order.customer:
        said: Command = WriteReview(order.customer, command.sku, command.rating, command.text)
    else:
        sale = _sale_of(tx, order, command.sku)
        said = WriteOrderReview(order.id, command.sku, command.rating, *sale, command.text)
    return str(tx.do(said).result)


def withdraw_ordered(tx: Transaction, command: WithdrawOrdered) -> None:
    order = _reviewable_order(tx.db, command.secret, tx.at_us)
    tx.do(TakeBackReview(order.customer or order.id, command.review))


def reviewable(db: Connection, secret: str, at_us: int, place: Jurisdiction) -> list[Reviewable]:
    """Products of an order that can be reviewed now; none before hand-over.

    Products that the law doesn't allow advertising are left out, because their reviews could never be shown.
    """
    order = order_by_secret(db, secret, at_us)
    if order is None or order.state not in HANDED:
        return []
    said = {one.sku: one for one in reversed(read_customer_reviews(db, order.customer or order.id))}
    found: dict[str, Reviewable] = {}
    for line in _goods(order):
        product = find_by_sku(db, line.sku)
        if product is not None and may_be_praised(kinds_with_parts(db, product), place):
            found[line.sku] = Reviewable(line.sku, line.names, said.get(line.sku))
    return list(found.values())


def _reviewable_order(db: Connection, secret: str, at_us: int) -> KeptOrder:
    """The handed-over order with this secret. Raises `Refusal` if there is none."""
    order = order_by_secret(db, secret, at_us)
    if order is None or order.state not in HANDED:
        raise Refusal("review_not_ordered")
    return order


def _goods(order: KeptOrder) -> list[Any]:
    return [line for line in order.goods.sold_lines if is_goods(line) and line.sku]


def _sale_of(tx: Transaction, order: KeptOrder, sku: str) -> tuple[str, int, tuple[int, ...], int]:
    """The sale of a product: register, number, lines, and thousandths."""
    paper = read_receipt(tx.db, order.register, order.receipt) if order.receipt else None
    event = tx.read(paper.seq).event if paper else None
    if isinstance(event, SaleCompleted):
        lines = [line for line in event.lines if line.sku == sku and not line.voided]
        if lines:
            sold = sum(line.quantity for line in lines)
            return order.register, order.receipt, tuple(line.id for line in lines), sold
    raise Refusal("review_not_ordered")
