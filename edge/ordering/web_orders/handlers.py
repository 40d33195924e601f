"""Commands of web orders, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.people.remarks import KEPT_DAYS, Remarks
from edge.core.registry import Transaction
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n import name_values, translate
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import foreign_code, zone_of
from edge.ordering.orders.commands import AddToCart, CancelOrder, MoveOrder, OpenCart, PlaceOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import read_shop_order
from edge.ordering.web_orders.commands import DropWebOrder, HoldWebOrder, TakeWebOrder
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.events import WebOrderCancelled, WebOrderDropped, WebOrderHeld, WebOrderTaken
from edge.ordering.web_orders.offers import note_arrived
from edge.ordering.web_orders.queries import WebOrderState, find_web_order, held_order, last_told
from edge.ordering.web_orders.web_article import names_of
from edge.ordering.web_orders.web_order import WebChannel, WebLine, WebOrder, without_people

SERVED = ("handed_over", "delivered")
OVER = ("cancelled", "rejected")
SENT_AGAIN = "web_order_came_again"
"""The reason for holding an order that arrives again after it was cancelled or dismissed, because it was paid or
changed."""
_HOLD = "INSERT OR REPLACE INTO web_order_held (channel, reference, body, told, at_us) VALUES (?, ?, ?, ?, ?)"
_LET_GO = "DELETE FROM web_order_held WHERE (channel, reference) = (?, ?)"
_REMEMBER = "INSERT OR REPLACE INTO web_order_told (channel, reference, body, at_us) VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM web_order_told WHERE at_us < ?"
DAY_US = 86_400_000_000
_encode = msgspec.json.Encoder().encode


def take_web_order(
    language: str, currency: str, place: Jurisdiction, tx: Transaction, command: TakeWebOrder
) -> WebOrderState:
    """Accept, change or cancel a web order. `language`, `currency` and `place`: the shop's."""
    channel, order = CHANNELS.require(tx.db, command.channel), command.order
    known, last = find_web_order(tx.db, channel.id, order.reference), last_told(tx.db, channel.id, order.reference)
    if last and 0 < order.changed_us < last.changed_us:
        return _now(tx, channel.id, order.reference)  # a delayed message: a newer one was already applied
    here = read_shop_order(tx.db, known.order) if known and known.order else None
    ended = here is None or here.state in OVER
    same = last is not None and not order.unpaid and _is_same(order, last)
    by_hand = tx.actor.surface != "job"
    if order.cancelled:
        _cancel(tx, channel, order, known)
    elif same and known and known.state in ("taken", "dropped"):
        pass
    elif same and known and known.state == "held" and not ended:
        _release(tx, known)
    elif order.fault:
        raise Refusal(order.fault, {"channel": channel.name})
    elif order.unpaid:
        return _not_ordered(tx, order, known) or WebOrderState(channel.id, order.reference, "unpaid", "", "", 0, {})
    elif known is None or (known.state == "held" and ended and (by_hand or known.why != SENT_AGAIN)):
        _place(tx, channel, order, command.accepted_minor, language, currency, place)
    elif known.state == "cancelled" and not order.paid and (last is None or not 0 < last.changed_us < order.changed_us):
        pass  # its cancellation arrived first: ignore the order
    elif not same or known.state != "cancelled" or order.changed_us > (last.changed_us if last else 0):
        _refuse_change(tx, order, known, last, here)
    return _now(tx, channel.id, order.reference)


def _is_same(order: WebOrder, last: WebOrder) -> bool:
    return msgspec.structs.replace(without_people(order), changed_us=last.changed_us) == last


def _release(tx: Transaction, known: WebOrderState) -> None:
    """Drop the held message, so that the order is again in the state in which it was accepted."""
    tx.append(WebOrderTaken(known.channel, known.reference, known.order))
    _let_go(tx, known.channel, known.reference)


def _not_ordered(tx: Transaction, order: WebOrder, known: WebOrderState | None) -> WebOrderState | None:
    """Handle an unpaid order, which isn't accepted yet.

    If it was accepted before, it waits for a person, because it may be in preparation.
    """
    here = read_shop_order(tx.db, known.order) if known and known.order else None
    if here and here.state not in OVER and known:
        raise Refusal("web_order_unpaid", {"reference": order.reference, "said": here.said})
    if known and known.state == "held":
        tx.append(WebOrderDropped(known.channel, known.reference))
        _let_go(tx, known.channel, known.reference)
    return find_web_order(tx.db, known.channel, known.reference) if known else None


def _refuse_change(
    tx: Transaction, order: WebOrder, known: WebOrderState, last: WebOrder | None, here: KeptOrder | None
) -> None:
    """Raise `Refusal` for a change of an order that was already processed here, so that a person decides.

    Payments, and address changes after hand-over, need no action.
    """
    if here is None or here.state in OVER:
        if last is None and known.state == "taken":
            return _remember(tx, known.channel, order)
        raise Refusal(SENT_AGAIN, {"reference": order.reference})
    if last is None:  # the order was taken before changes were compared
        return _remember(tx, known.channel, order)
    goods = (order.lines, order.total_minor, order.currency) == (last.lines, last.total_minor, last.currency)
    if goods and here.state in SERVED:
        return None
    paid_later = goods and order.paid and _is_same(msgspec.structs.replace(order, paid=last.paid), last)
    code = "web_order_paid_later" if paid_later else "web_order_changed"
    raise Refusal(code, {"reference": order.reference, "said": here.said})


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
        here = read_shop_order(tx.db, known.order) if known.order else None
        if told := held_order(tx.db, command.channel, command.reference):
            _remember(tx, command.channel, told)
        if here and here.state not in OVER and known.why != "web_order_served":  # it continues; its channel is notified
            tx.append(WebOrderTaken(command.channel, command.reference, known.order))
        else:
            tx.append(WebOrderDropped(command.channel, command.reference))
        _let_go(tx, command.channel, command.reference)
    return _now(tx, command.channel, command.reference)


def _place(
    tx: Transaction,
    channel: WebChannel,
    order: WebOrder,
    accepted_minor: int | None,
    language: str,
    currency: str,
    place: Jurisdiction,
) -> None:
    """Place it as an ordinary order: priced, reserved and numbered."""
    if order.test and tx.actor.surface == "job":
        raise Refusal("web_order_test", {"reference": order.reference})
    if order.currency not in ("", currency):
        values: dict[str, str | int] = {"reference": order.reference, "theirs": order.currency, "ours": currency}
        raise Refusal("web_order_currency", values)
    delivered = msgspec.structs.replace(order, postal_code=_postal_code_in_zones(tx, order, place))
    cart = tx.do(OpenCart("api")).result
    for line in order.lines:
        sku, quantity, modifiers = _our_goods(tx, channel, line)
        cart = tx.do(AddToCart(cart.id, sku, quantity=quantity, modifiers=modifiers)).result
    total_minor = order.total_minor if accepted_minor is None else accepted_minor
    placed = tx.do(_placing(cart.id, channel, delivered, total_minor, language), asks=False).result
    if channel.accept:
        tx.do(MoveOrder(placed.id, "accepted"))
    tx.append(WebOrderTaken(channel.id, order.reference, str(placed.id)))
    _let_go(tx, channel.id, order.reference)
    _remember(tx, channel.id, order)
    note_arrived(tx.db, channel.id, order.lines)


def _our_goods(tx: Transaction, channel: WebChannel, line: WebLine) -> tuple[str, int, tuple[str, ...]]:
    """A line's product, quantity (thousandths) and modifiers.

    Raises `Refusal` for pieces of a weighed product whose weight isn't known.
    """
    for name in names_of(line):
        if article := ARTICLES.find(tx.db, channel.id, name):
            try:
                return article.sku, article.of(line.quantity), (*article.modifiers, *line.modifiers)
            except ValueError:
                raise Refusal("web_article_part", {"article": article.theirs}) from None
    product = find_by_sku(tx.db, line.sku)
    if product is None or product.unit == "piece" or channel.profile == "generic":
        return line.sku, line.quantity, line.modifiers
    quantity, rest = divmod(line.grams * line.quantity, THOUSANDTHS)  # thousandths of a kg are grams
    if product.unit != "kg" or not quantity or rest:
        raise Refusal("web_weight_unsaid", {**name_values(product.names), "article": line.sku})
    return line.sku, quantity, line.modifiers


def _postal_code_in_zones(tx: Transaction, order: WebOrder, place: Jurisdiction) -> str:
    """The order's postal code as delivery zones write it.

    Abroad, it has its country's letters and must be in a zone of that country. Raises `Refusal` if there is no such
    zone.
    """
    code = foreign_code(order.country, order.postal_code, place)
    if order.fulfilment == "delivery" and place.country and order.country not in ("", place.country):
        # needed because domestic postal codes may begin with the same letters as the country's code
        zone_of([zone for zone in read_zones(tx.db) if zone.province == order.country], code)
    return code


def _placing(cart: str, channel: WebChannel, order: WebOrder, total_minor: int, language: str) -> PlaceOrder:
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
    """Cancel the order. If it was already handed over, the sale stays, and a person must refund it."""
    id = known.order if known else ""
    here = read_shop_order(tx.db, id) if id else None
    if known and known.state == "cancelled":
        return
    if here and here.state in SERVED:
        raise Refusal("web_order_served", {"reference": order.reference, "said": here.said})
    if here and here.state not in OVER:
        tx.do(CancelOrder(here.id, channel.name))
    tx.append(WebOrderCancelled(channel.id, order.reference, id))
    last = last_told(tx.db, channel.id, order.reference)
    changed_us = order.changed_us or (last.changed_us if last else 0)
    _remember(tx, channel.id, msgspec.structs.replace(last or order, changed_us=changed_us), stripped=last is not None)
    _let_go(tx, channel.id, order.reference)


def _remember(tx: Transaction, channel: str, order: WebOrder, stripped: bool = False) -> None:
    """Store the channel's last message about an order, without personal data, to compare it with the next one."""
    told = _encode(order if stripped else without_people(order)).decode()
    tx.db.execute(_REMEMBER, (channel, order.reference, Remarks(tx.db).seal(told, tx.business_date), tx.at_us))
    tx.db.execute(_FORGET, (tx.at_us - KEPT_DAYS * DAY_US,))


def _let_go(tx: Transaction, channel: str, reference: str) -> None:
    tx.db.execute(_LET_GO, (channel, reference))


def _now(tx: Transaction, channel: str, reference: str) -> WebOrderState:
    found = find_web_order(tx.db, channel, reference)
    assert found is not None
    return found
