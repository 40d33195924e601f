"""Commands of orders from elsewhere, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.lib.i18n import name_values, translate
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.catalog.queries import find_by_sku
from edge.shop.orders.commands import AddToCart, CancelOrder, MoveOrder, OpenCart, PlaceOrder
from edge.shop.orders.queries import read_shop_order
from edge.shop.web_orders.commands import DropWebOrder, HoldWebOrder, TakeWebOrder
from edge.shop.web_orders.entities import ARTICLES, CHANNELS
from edge.shop.web_orders.events import WebOrderCancelled, WebOrderDropped, WebOrderHeld, WebOrderTaken
from edge.shop.web_orders.offers import note_arrived
from edge.shop.web_orders.queries import WebOrderState, find_web_order
from edge.shop.web_orders.web_article import names_of
from edge.shop.web_orders.web_order import WebChannel, WebLine, WebOrder

SERVED = ("handed_over", "delivered")
OVER = ("cancelled", "rejected")
_HOLD = "INSERT OR REPLACE INTO web_order_held (channel, reference, body, told, at_us) VALUES (?, ?, ?, ?, ?)"
_LET_GO = "DELETE FROM web_order_held WHERE (channel, reference) = (?, ?)"
_encode = msgspec.json.Encoder().encode


def take_web_order(language: str, tx: Transaction, command: TakeWebOrder) -> WebOrderState:
    channel, order = CHANNELS.require(tx.db, command.channel), command.order
    known = find_web_order(tx.db, channel.id, order.reference)
    if order.cancelled:
        _cancel(tx, channel, order, known)
    elif known is None or (known.state == "held" and not known.order):
        id = _place_order(tx, channel, order, command.accepted_minor, language)
        tx.append(WebOrderTaken(channel.id, order.reference, id))
        _let_go(tx, channel.id, order.reference)
        note_arrived(tx.db, channel.id, order.lines)
    return _now(tx, channel.id, order.reference)


def hold_web_order(tx: Transaction, command: HoldWebOrder) -> WebOrderState:
    channel, order = CHANNELS.require(tx.db, command.channel), command.order
    known = find_web_order(tx.db, channel.id, order.reference)
    if known is None or (known.state, known.why) != ("held", command.why):
        tx.append(WebOrderHeld(channel.id, order.reference, command.why))
    body = Remarks(tx.db).seal(_encode(order).decode(), tx.business_date)
    told = _encode(command.values).decode()
    tx.db.execute(_HOLD, (channel.id, order.reference, body, told, tx.at_us))
    return _now(tx, channel.id, order.reference)


def drop_web_order(tx: Transaction, command: DropWebOrder) -> WebOrderState:
    known = find_web_order(tx.db, command.channel, command.reference)
    if known is None:
        raise Refusal("no_such_web_order", {"reference": command.reference})
    if known.state == "held":
        tx.append(WebOrderDropped(command.channel, command.reference))
        _let_go(tx, command.channel, command.reference)
    return _now(tx, command.channel, command.reference)


def _place_order(
    tx: Transaction, channel: WebChannel, order: WebOrder, accepted_minor: int | None, language: str
) -> str:
    """The id of the order that it became, as all orders do: priced, reserved, numbered."""
    cart = tx.do(OpenCart("api")).result
    for line in order.lines:
        sku, quantity, modifiers = _our_goods(tx, channel, line)
        cart = tx.do(AddToCart(cart.id, sku, quantity=quantity, modifiers=modifiers)).result
    total_minor = order.total_minor if accepted_minor is None else accepted_minor
    placed = tx.do(_place(cart.id, channel, order, total_minor, language), asks=False).result
    if channel.accept:
        tx.do(MoveOrder(placed.id, "accepted"))
    return str(placed.id)


def _our_goods(tx: Transaction, channel: WebChannel, line: WebLine) -> tuple[str, int, tuple[str, ...]]:
    """Which of our goods a line is of, how much (thousandths) and with which modifiers. `Refusal`: they say pieces of
    what is weighed here, and nothing says how much that is."""
    for name in names_of(line):
        if article := ARTICLES.find(tx.db, channel.id, name):
            try:
                return article.sku, article.of(line.quantity), (*article.modifiers, *line.modifiers)
            except ValueError:
                raise Refusal("web_article_part", {"article": article.theirs}) from None
    product = find_by_sku(tx.db, line.sku)
    if product is None or product.unit == "piece" or channel.profile == "generic":
        return line.sku, line.quantity, line.modifiers
    quantity, rest = divmod(line.grams * line.quantity, THOUSANDTHS)  # thousandths of a kilo are grams
    if product.unit != "kg" or not quantity or rest:
        raise Refusal("web_weight_unsaid", {**name_values(product.names), "article": line.sku})
    return line.sku, quantity, line.modifiers


def _place(cart: str, channel: WebChannel, order: WebOrder, total_minor: int, language: str) -> PlaceOrder:
    paid = translate(language, "web_orders.paid_there") if order.paid else ""
    said = " · ".join(part for part in (f"{channel.name} {order.reference}", paid, order.note) if part)
    return PlaceOrder(
        cart,
        total_minor,
        order.fulfilment,
        name=order.name,
        phone=order.phone,
        address=order.address,
        postal_code=order.postal_code,
        note=said[:300],
    )


def _cancel(tx: Transaction, channel: WebChannel, order: WebOrder, known: WebOrderState | None) -> None:
    """What was served stays sold: that is a refund, which a person gives."""
    id = known.order if known else ""
    here = read_shop_order(tx.db, id) if id else None
    if known and known.state == "cancelled":
        return
    if here and here.state in SERVED:
        raise Refusal("web_order_served", {"reference": order.reference, "said": here.said})
    if here and here.state not in OVER:
        tx.do(CancelOrder(here.id, channel.name))
    tx.append(WebOrderCancelled(channel.id, order.reference, id))
    _let_go(tx, channel.id, order.reference)


def _let_go(tx: Transaction, channel: str, reference: str) -> None:
    tx.db.execute(_LET_GO, (channel, reference))


def _now(tx: Transaction, channel: str, reference: str) -> WebOrderState:
    found = find_web_order(tx.db, channel, reference)
    assert found is not None
    return found
