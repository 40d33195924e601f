"""Turns a cart into an order, inside the transaction."""

from __future__ import annotations

import secrets
from zoneinfo import ZoneInfo

import msgspec

from edge.core.asking import refuse
from edge.core.messages import Actor, Done, Refusal
from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket, BasketLine, recorded_lines
from edge.counter.basket.tips import with_tip
from edge.counter.till.lines.pricing import for_customer
from edge.counter.till.lines.purchase_limits import over_limit
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.settings import TillSettings
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import after_open
from edge.goods.catalog.queries import find_by_sku
from edge.lib.units.quantity import SERVICE
from edge.ordering.delivery import zones
from edge.ordering.delivery.law import is_taxed_there, stays_in_province
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.carts.cart_handlers import live_cart
from edge.ordering.orders.carts.cart_pricing import reprice_cart
from edge.ordering.orders.carts.cart_stock import hold_goods
from edge.ordering.orders.commands import PlaceOrder
from edge.ordering.orders.customers.customer_orders import enter_phone
from edge.ordering.orders.events import OrderPlaced
from edge.ordering.orders.fulfilment.reservations import hold, release
from edge.ordering.orders.fulfilment.slot_choice import chosen_slot, not_driven_now, soon_refused
from edge.ordering.orders.order import KeptOrder, OrderGoods, digest
from edge.ordering.orders.order_handlers import with_age
from edge.ordering.orders.order_lines import over_classes, pieces_of, with_sum, worth_minor
from edge.ordering.orders.paying import order_coupons
from edge.ordering.orders.queries import FreeSlot, order_of_cart, read_shop_order
from edge.ordering.orders.rules import order_name
from edge.ordering.orders.settings import NOTHING_SAID, OrdersSection
from edge.people.customers.queries import resolve
from edge.people.customers.rules import name_of, phone_of

_KEEP_SECRET = "INSERT INTO order_secret (order_id, secret, code) VALUES (?, ?, ?)"
_LAST = "SELECT coalesce(max(number), 0) FROM shop_order WHERE business_date = ?"
_replace = msgspec.structs.replace


class OrderPlacement:
    """Places orders in a store. `region`: the default country of phone numbers."""

    def __init__(self, settings: TillSettings, region: str = "", section: OrdersSection = NOTHING_SAID) -> None:
        self._settings = settings
        self._region = region
        self._section = section
        self._zone = ZoneInfo(settings.zone)

    def place_order(self, tx: Transaction, command: PlaceOrder) -> KeptOrder:
        if placed := order_of_cart(tx.db, command.cart):
            return placed
        _may_say(tx, command)
        if command.customer:
            known = resolve(tx.db, command.customer)
            if known is None:
                raise Refusal("no_such_customer", {"id": command.customer})
            command = _replace(command, customer=known)
        command = self._normalized_contact(command)
        cart = live_cart(tx, command.cart)
        if command.customer:
            cart = _replace(cart, basket=for_customer(tx, cart.basket, command.customer))
        cart, age = reprice_cart(tx, cart, self._settings)
        if not cart.lines:
            raise Refusal("cart_empty")
        _old_enough(cart, age)
        over_limit(tx, cart.lines)
        hold_goods(tx, cart, {line.id for line in cart.lines})
        zone, basket = self._destination(tx, command, cart.basket)
        fee = basket.total_minor - cart.basket.total_minor
        if command.tip_minor and not self._section.asks_tip(command.fulfilment):
            raise Refusal("tip_not_taken")
        if command.tip_minor:
            basket = with_tip(basket, command.tip_minor)
        goods = self._goods(tx, basket, zone)
        is_taxed_there(basket.sold_lines, self._settings, goods.delivered_to)
        _old_enough(cart, goods.min_age)
        total = goods.total_minor
        if total != command.accepted_total_minor:
            raise Refusal("price_changed", {"was_minor": command.accepted_total_minor, "is_minor": total})
        slot = self._slot(tx, command, cart, zone)
        ask = refuse if tx.actor.surface == "kiosk" else tx.ask
        require_hours(tx, cart.lines, self._settings, ask, slot.from_us if slot else 0)
        return self._create_order(tx, command, cart, _replace(goods, fee_minor=fee), zone, slot)

    def _goods(self, tx: Transaction, basket: Basket, zone: DeliveryZone | None) -> OrderGoods:
        """The ordered goods, with taxes and minimum ages at their destination."""
        goods = OrderGoods(
            recorded_lines(basket.sold_lines),
            basket.promotions,
            basket.price_list,
            coupons=basket.coupons,
            discount=basket.discount,
            delivered_to=zones.delivered_to(zone, self._settings.place) if zone else "",
        )
        return with_age(tx, with_sum(goods, self._settings), self._settings.place)

    def _normalized_contact(self, command: PlaceOrder) -> PlaceOrder:
        """Return the command with name and phone normalised, as for customers."""
        name, phone = name_of(command.name), phone_of(command.phone, self._region)
        return _replace(command, name=name, phone=phone.text)

    def _create_order(
        self,
        tx: Transaction,
        command: PlaceOrder,
        cart: Cart,
        goods: OrderGoods,
        zone: DeliveryZone | None,
        slot: FreeSlot | None,
    ) -> KeptOrder:
        id = f"o{secrets.token_hex(8)}"
        release(tx, f"cart:{cart.id}")
        number = tx.db.execute(_LAST, (tx.business_date,)).fetchone()[0] + 1
        taken = {said for (said,) in tx.db.execute("SELECT said FROM shop_order WHERE open")}
        said = order_name(cart.channel, number, taken)
        hold(tx, f"order:{id}", cart.lines, said)
        order_coupons.use(tx, said, number, tx.business_date, goods.coupons)
        secret, code = secrets.token_urlsafe(18), _code(tx)
        ring, person = Keyring(tx.db), cart.basket.customer or id
        address = zones.address_text(command.address, command.postal_code, self._settings.place)
        event = OrderPlaced(
            order=id,
            number=number,
            said=said,
            channel=cart.channel,
            cart=cart.id,
            fulfilment=command.fulfilment,
            goods=goods,
            currency=self._settings.currency,
            secret=digest(secret),
            person=person,
            customer=cart.basket.customer,
            name=ring.seal(person, OrderPlaced, "name", command.name),
            phone=ring.seal(person, OrderPlaced, "phone", command.phone),
            address=ring.seal(person, OrderPlaced, "address", address),
            note=ring.seal(person, OrderPlaced, "note", command.note.strip()),
            language=command.language or cart.language or self._settings.language,
            slot_from_us=slot.from_us if slot else 0,
            slot_until_us=slot.until_us if slot else 0,
            zone=zone.id if zone else "",
            place=cart.place,
            substitutes=command.substitutes,
            no_show_fee_minor=self._fee_shown(command),
            expected_us=0 if slot else self._expected_us(tx),
        )
        tx.append(event)
        if person == id:
            enter_phone(tx.db, id, command.phone, self._region)
        tx.db.execute(_KEEP_SECRET, (id, secret, code))
        tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))
        placed = read_shop_order(tx.db, id)
        assert placed is not None
        return placed

    def _expected_us(self, tx: Transaction) -> int:
        """When an order without a slot will be ready; 0 if the shop stays closed."""
        hours = read_hours(tx.db)
        return after_open(hours, self._zone, tx.at_us, hours.prepare_min) or 0

    def _fee_shown(self, command: PlaceOrder) -> int:
        """The no-show fee: at most the fee shown to the customer, and none for deliveries."""
        fetched = command.fulfilment == "pickup"
        return min(command.no_show_fee_minor, self._section.no_show_fee_minor) if fetched else 0

    def _destination(self, tx: Transaction, command: PlaceOrder, basket: Basket) -> tuple[DeliveryZone | None, Basket]:
        """The delivery zone, and the basket with its fee."""
        if command.fulfilment == "pickup":
            return None, basket
        named = bool(command.name and command.phone) or bool(basket.customer)
        if not (named and command.address.strip()):
            raise Refusal("delivery_needs")
        ask = refuse if tx.actor.surface == "kiosk" else tx.ask
        place = self._settings.place
        zone = zones.zone_for(read_zones(tx.db), command.address, command.postal_code, place, ask)
        stays_in_province(tx.db, basket.sold_lines, place, zones.delivered_to(zone, place), command.postal_code)
        fee = zones.fee_minor(zone, worth_minor(basket.sold_lines))
        return (zone, with_fee(tx.db, tx.at_us, basket, zone, fee, self._settings)) if fee else (zone, basket)

    def _slot(self, tx: Transaction, command: PlaceOrder, cart: Cart, to: DeliveryZone | None) -> FreeSlot | None:
        wanted = command.slot_from_us
        if wanted is None:
            code = soon_refused(tx.db, self._zone, tx.at_us, cart.channel, to)
            if to and code == "zone_not_then":
                raise not_driven_now(tx, self._zone, to, pieces_of(cart.lines))
            if code:
                raise Refusal(code)
            return None
        return chosen_slot(tx, self._zone, wanted, pieces_of(cart.lines), to=to)


def with_fee(
    db: Connection, at_us: int, basket: Basket, zone: DeliveryZone, fee_minor: int, settings: TillSettings
) -> Basket:
    """Return the basket with a delivery fee, which no promotion changes.

    It's a line in the fee product's tax class or, if it has none, a line for each tax class of the goods, by value.
    """
    product = find_by_sku(db, zone.fee, at_us)
    assert product is not None, "a zone's fee must be a product"
    own = settings.tax.find(product.tax_class) is not None
    parts = [(product.tax_class, fee_minor)] if own else over_classes(basket.sold_lines, fee_minor)
    lines = (
        BasketLine(id, product.sku, "", product.names, SERVICE, 1000, minor, tax_class, listed_minor=minor)
        for id, (tax_class, minor) in enumerate(parts or [(settings.tax_class, fee_minor)], basket.last_id + 1)
    )
    return basket.with_changes(last_id=basket.last_id + max(1, len(parts)), lines=(*basket.lines, *lines))


def _old_enough(cart: Cart, age: int) -> None:
    """Raise `Refusal` if the stated age is below the minimum."""
    if age > cart.age_said:
        raise Refusal("age_not_said", {"age": age})


def placed_order(db: Connection, command: PlaceOrder, done: Done, actor: Actor) -> KeptOrder | None:
    """The placed order. Repeating the command returns the same order."""
    found: KeptOrder | None = done.result
    return found or order_of_cart(db, command.cart)


def _may_say(tx: Transaction, command: PlaceOrder) -> None:
    """Raise `Refusal` for a customer id sent by a kiosk or phone."""
    if command.customer and tx.actor.surface == "kiosk":
        raise Refusal("right_denied", {"command": PlaceOrder.__name__, "right": "customers.read"})


def _code(tx: Transaction) -> str:
    """A six-digit code that no open order uses."""
    wanted = "SELECT code FROM order_secret JOIN shop_order ON id = order_id WHERE open"
    taken = {code for (code,) in tx.db.execute(wanted)}
    while (code := f"{secrets.randbelow(10**6):06}") in taken:
        pass
    return code
