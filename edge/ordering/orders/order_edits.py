"""Changes to a placed order, inside the transaction: more or fewer goods, or another address.

Customers may change it until it's accepted, staff until it's ready. Ordered goods keep their price; added goods have
the current price. Goods, slot and fee change in one commit, and a new total must be accepted first.
"""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from edge.core.asking import refuse
from edge.core.messages import Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.counter.basket.basket import COUPONS_LIMIT, Basket, from_recorded, recorded_lines
from edge.counter.till.lines import item_entry
from edge.counter.till.lines.pricing import apply_promotions
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.commands import QueuePrint
from edge.lib.i18n import name_values
from edge.ordering.delivery import zones
from edge.ordering.delivery.law import is_taxed_there, stays_in_province
from edge.ordering.delivery.queries import read_zones, zone_named
from edge.ordering.orders import order_lines
from edge.ordering.orders.carts.cart import CART_LINES
from edge.ordering.orders.carts.cart_handlers import is_by_zone, live_cart
from edge.ordering.orders.carts.cart_pricing import reprice_cart
from edge.ordering.orders.carts.cart_stock import hold_goods
from edge.ordering.orders.carts.checkout import with_fee
from edge.ordering.orders.commands import (
    AddToOrder,
    ChangeOrder,
    SetOrderAddress,
    SetOrderTip,
)
from edge.ordering.orders.customers.named_order import NamedOrder, named_order
from edge.ordering.orders.customers.order_news import note_news
from edge.ordering.orders.events import OrderChanged, OrderReaddressed, SlotSet
from edge.ordering.orders.fulfilment.reservations import release
from edge.ordering.orders.fulfilment.slot_choice import chosen_slot, not_driven_now
from edge.ordering.orders.order import KeptOrder, OrderGoods
from edge.ordering.orders.order_handlers import renew_lines
from edge.ordering.orders.order_lines import is_fee, is_goods, pieces_of, wanted_of, worth_minor
from edge.ordering.orders.order_papers import picking
from edge.ordering.orders.paying import order_coupons
from edge.ordering.orders.queries import person_of, read_shop_order
from edge.ordering.orders.rules import CHANGED_IN, State
from edge.ordering.orders.settings import NOTHING_SAID, OrdersSection

READDRESSED_IN: tuple[State, ...] = (*CHANGED_IN, "ready", "failed")
GROWN_UP = 150
"""Age assumed when staff add age-restricted goods, because the age is checked at hand-over."""
_replace = msgspec.structs.replace
_Edit = AddToOrder | ChangeOrder | SetOrderAddress


class OrderEditing:
    """Handles changes of orders in a store."""

    def __init__(self, settings: TillSettings, section: OrdersSection = NOTHING_SAID) -> None:
        self._settings = settings
        self._section = section
        self._zone = ZoneInfo(settings.zone)

    def add(self, tx: Transaction, command: AddToOrder) -> KeptOrder | None:
        of = named_order(tx, command, self._zone)
        from_cart = of.by_customer or command.cart
        new = (
            self._cart_goods(tx, of.order, command.cart or "")
            if from_cart
            else self._entered_goods(tx, of.order, command)
        )
        return _answer(of, self._with_more(tx, of, command, new))

    def _entered_goods(self, tx: Transaction, order: KeptOrder, command: AddToOrder) -> Basket:
        """Goods added by staff, by code or SKU."""
        basket = Basket(tx.actor.register, age_checked=GROWN_UP, price_list=order.goods.price_list)
        found = item_entry.find(tx, command, basket.price_list, self._settings)
        if not isinstance(found, item_entry.ResolvedLine):
            raise Refusal("order_takes_goods", {"said": order.said})
        if found.product is None and command.code:  # perhaps it's a typed SKU
            found = item_entry.find(
                tx, _replace(command, sku=command.code.strip(), code=""), basket.price_list, self._settings
            )
            if not isinstance(found, item_entry.ResolvedLine):
                raise Refusal("unknown_sku", {"sku": command.code})
        if found.product and is_by_zone(tx.db, found.product):
            raise Refusal("service_apart", name_values(found.product.names))
        new = item_entry.add(tx, basket, item_entry.settle_modifiers(tx, found))
        if new.questions:
            raise item_entry.unanswered_refusal(new.questions[0])
        return apply_promotions(tx, new, self._settings)

    def _cart_goods(self, tx: Transaction, order: KeptOrder, id: str) -> Basket:
        """A cart's goods at the prices of the order's price list. The cart is deleted."""
        cart = live_cart(tx, id)
        cart, age = reprice_cart(
            tx, _replace(cart, basket=_replace(cart.basket, price_list=order.goods.price_list)), self._settings
        )
        if not cart.lines:
            raise Refusal("cart_empty")
        if age > cart.age_said:
            raise Refusal("age_not_said", {"age": age})
        held = hold_goods(tx, cart, {line.id for line in cart.lines})
        release(tx, f"cart:{cart.id}")
        tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))
        return held.basket

    def change(self, tx: Transaction, command: ChangeOrder) -> KeptOrder | None:
        of = named_order(tx, command, self._zone)
        if of.by_customer:
            self._take_out(tx, of, command)
            return None
        order = of.order
        if order.state not in CHANGED_IN:
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        wanted = wanted_of(command.lines)
        if wanted.items() <= {line.id: line.quantity for line in order.goods.sold_lines}.items():
            raise Refusal("order_unchanged", {"said": order.said})
        goods = _with_quantities(order, wanted, self._settings)
        if goods.total_minor > order.goods.total_minor:
            is_taxed_there(goods.sold_lines, self._settings, goods.delivered_to)
        self._update_slot(tx, order, command.slot_from_us, goods)
        if command.accepted_total_minor is not None:
            _accept(order, goods, command.accepted_total_minor)
        return renew_lines(tx, order, goods, command.reason, self._settings)

    def _take_out(self, tx: Transaction, of: NamedOrder, command: ChangeOrder) -> None:
        order = of.order
        had = {line.id: line.quantity for line in order.goods.sold_lines if is_goods(line)}
        wanted = wanted_of(command.lines)
        if strange := next((line for line in wanted if line not in had), None):
            raise Refusal("no_such_line", {"line": strange})
        wanted = {line: quantity for line, quantity in wanted.items() if quantity != had[line]}
        if any(quantity > had[line] for line, quantity in wanted.items()):
            raise Refusal("order_takes_out", {"said": order.said})
        if not wanted and command.slot_from_us in (None, order.slot_from_us):  # a repeat writes no event
            return
        goods = _with_quantities(order, wanted, self._settings)
        self._renew_order(tx, of, command, self._adjust_fee(tx, order, goods))  # delivery may no longer be free

    def set_tip(self, tx: Transaction, command: SetOrderTip) -> KeptOrder | None:
        of = named_order(tx, command, self._zone)
        order, minor = of.order, command.tip_minor
        if order.state != "placed":
            raise Refusal("order_being_made", {"said": order.said})
        if minor == order.goods.tip_minor:  # a repeat writes no event
            return _answer(of, order)
        if minor and not self._section.asks_tip(order.fulfilment):
            raise Refusal("tip_not_taken")
        goods = order_lines.with_tip(order.goods, minor)
        tx.append(OrderChanged(order.id, order.number, order.version + 1, goods))
        return _answer(of, _now(tx, order))

    def _with_more(self, tx: Transaction, of: NamedOrder, command: AddToOrder, new: Basket) -> KeptOrder:
        order = of.order
        if order.state not in CHANGED_IN:
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        if len(order.goods.lines) + len(new.sold_lines) > CART_LINES:
            raise Refusal("basket_full", {"limit": CART_LINES})
        self._with_coupons(tx, order, new)
        goods = self._adjust_fee(tx, order, _join_goods(order.goods, new))
        is_taxed_there(goods.sold_lines, self._settings, goods.delivered_to)
        return self._renew_order(tx, of, command, goods)

    def _with_coupons(self, tx: Transaction, order: KeptOrder, new: Basket) -> None:
        """Redeem the added cart's coupons, which discount its goods."""
        if len(order.goods.coupons) + len(new.coupons) > COUPONS_LIMIT:
            raise Refusal("coupons_most", {"limit": COUPONS_LIMIT})
        order_coupons.use(tx, order.said, order.number, order.business_date, new.coupons)

    def set_address(self, tx: Transaction, command: SetOrderAddress) -> KeptOrder | None:
        of = named_order(tx, command, self._zone)
        return _answer(of, self._readdress_order(tx, of, command))

    def _readdress_order(self, tx: Transaction, of: NamedOrder, command: SetOrderAddress) -> KeptOrder:
        order, ask = of.order, refuse if of.by_customer else tx.ask
        if order.fulfilment != "delivery" or order.state not in READDRESSED_IN:
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        place = self._settings.place
        zone = zones.zone_for(read_zones(tx.db), command.address, command.postal_code, place, ask)
        to = zones.delivered_to(zone, place)
        stays_in_province(tx.db, order.goods.sold_lines, place, to, command.postal_code)
        person = person_of(tx.db, order.id)
        text = zones.address_text(command.address, command.postal_code, place)
        sealed = Keyring(tx.db).seal(person, OrderReaddressed, "address", text)
        tx.append(OrderReaddressed(order.id, order.number, person, sealed, zone.id))
        if zone.id == order.zone:
            changed = _now(tx, order)
            if not of.by_customer:
                note_news(tx, order, "changed")
            if order.state != "placed":
                tx.do(QueuePrint("order", picking(tx.db, changed, self._settings)))
            return changed
        if order.state not in CHANGED_IN:
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        fee_minor = zones.fee_minor(zone, worth_minor(order.goods.sold_lines))
        goods = _replace(self._with_fee(tx, order.goods, zone, fee_minor), delivered_to=to)
        is_taxed_there(goods.sold_lines, self._settings, to)
        return self._renew_order(tx, of, command, goods)

    def _adjust_fee(self, tx: Transaction, order: KeptOrder, goods: OrderGoods) -> OrderGoods:
        """Return the goods with a new delivery fee, if the change of goods changes the fee.

        A zone's own new prices apply only to new orders.
        """
        zone = zone_named(tx.db, order.zone)
        if zone is None:
            return goods
        try:
            was_minor = zones.fee_minor(zone, worth_minor(order.goods.sold_lines))
        except Refusal:  # the zone's minimum has been raised since
            return goods
        is_minor = zones.fee_minor(zone, worth_minor(goods.sold_lines))
        return goods if is_minor == was_minor else self._with_fee(tx, goods, zone, is_minor)

    def _with_fee(self, tx: Transaction, goods: OrderGoods, zone: zones.DeliveryZone, fee_minor: int) -> OrderGoods:
        """The goods with their delivery fee replaced."""
        without = tuple(_replace(line, voided=True) if is_fee(line) else line for line in goods.lines)
        basket = _basket(_replace(goods, lines=without))
        if fee_minor:
            basket = with_fee(tx.db, tx.at_us, basket, zone, fee_minor, self._settings)
        return _replace(goods, lines=recorded_lines(basket.lines), fee_minor=fee_minor)

    def _renew_order(self, tx: Transaction, of: NamedOrder, command: _Edit, goods: OrderGoods) -> KeptOrder:
        """Return the order with these goods, in its slot or another one, once their total was accepted.

        A change by the customer isn't reported to them.
        """
        order = of.order
        goods = order_lines.with_sum(goods, self._settings, order.held_advance)
        _accept(order, goods, command.accepted_total_minor)
        self._update_slot(tx, order, command.slot_from_us, goods)
        return renew_lines(tx, order, goods, "", self._settings, tell=not of.by_customer)

    def _update_slot(self, tx: Transaction, order: KeptOrder, wanted: int | None, goods: OrderGoods) -> None:
        from_us = wanted or order.slot_from_us
        to = zone_named(tx.db, _now(tx, order).zone)
        elsewhere = to is not None and to.id != order.zone
        if not from_us or (not wanted and from_us <= tx.at_us):  # as soon as possible, or already begun
            if to and elsewhere and not zones.is_driven(to, self._zone, tx.at_us):
                raise not_driven_now(tx, self._zone, to, pieces_of(goods.sold_lines))
            return
        try:
            slot = chosen_slot(tx, self._zone, from_us, pieces_of(goods.sold_lines), order.id, to)
        except Refusal as refusal:  # an order keeps its slot even if the slot is full now
            more = pieces_of(goods.sold_lines) > pieces_of(order.goods.sold_lines) or elsewhere
            if wanted or (more and refusal.code in ("slot_full", "zone_not_then")):
                raise
            return
        if slot.from_us != order.slot_from_us:
            tx.append(SlotSet(order.id, order.number, slot.from_us, slot.until_us))


def _answer(of: NamedOrder, order: KeptOrder) -> KeptOrder | None:
    """The command's result: the order for staff, None for its customer."""
    return None if of.by_customer else order


def _accept(order: KeptOrder, goods: OrderGoods, accepted_minor: int | None) -> None:
    """Raise `Refusal` for a total that differs from the accepted one or, if None, from the previous one."""
    was_minor = order.goods.total_minor
    if goods.total_minor != (was_minor if accepted_minor is None else accepted_minor):
        raise Refusal("price_changed", {"was_minor": was_minor, "is_minor": goods.total_minor})


def _basket(goods: OrderGoods) -> Basket:
    last = max((line.id for line in goods.lines), default=0)
    return Basket("", last_id=last, lines=from_recorded(goods.lines), promotions=goods.promotions)


def _join_goods(goods: OrderGoods, new: Basket) -> OrderGoods:
    """Add new goods to the ordered ones, each at its own price. The total isn't updated yet."""
    basket = _basket(goods)
    added = tuple(_replace(line, id=basket.last_id + n) for n, line in enumerate(new.sold_lines, 1))
    basket = _replace(basket, lines=(*basket.lines, *added), promotions={**goods.promotions, **new.promotions})
    return _replace(
        goods,
        lines=recorded_lines(basket.lines),
        promotions=basket.promotions,
        coupons=(*goods.coupons, *new.coupons),
        discount=goods.discount or new.discount,
    )


def _with_quantities(order: KeptOrder, wanted: Mapping[int, int], settings: TillSettings) -> OrderGoods:
    """Return the order's goods with changed quantities.

    Raises `Refusal` if nothing would be left or the line is its fee.
    """
    if fee := next((line for line in order.goods.sold_lines if line.id in wanted and is_fee(line)), None):
        raise Refusal("no_such_line", {"line": fee.id})
    goods = order_lines.with_quantities(order.goods, wanted, settings, order.held_advance)
    if not order_lines.has_goods(goods):
        raise Refusal("order_left_empty", {"said": order.said})
    return goods


def _now(tx: Transaction, order: KeptOrder) -> KeptOrder:
    found = read_shop_order(tx.db, order.id)
    assert found is not None
    return found
