"""Commands of carts, inside the transaction."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress

import msgspec

from edge.core.asking import refuse
from edge.core.messages import Done, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket import basket_lines
from edge.counter.basket.basket import BASKET_BYTES, Basket, BasketLine
from edge.counter.till.commands import LayBasket
from edge.counter.till.lines import item_entry
from edge.counter.till.lines.pricing import for_customer, for_member, with_scanned_coupon
from edge.counter.till.lines.purchase_limits import over_limit
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.queries import read_basket
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.modifiers.modifier import ModifierChoice
from edge.lib.i18n import name_values
from edge.lib.units.quantity import ONE
from edge.ordering.orders import commands
from edge.ordering.orders.carts.cart import CART_LINES, CARTS_MOST, IDLE_US, LISTS_MOST, Cart, CartView
from edge.ordering.orders.carts.cart_pricing import reprice_cart, view
from edge.ordering.orders.carts.cart_stock import hold_goods, needs_look, without_services
from edge.ordering.orders.events import CartEnded, GoodsLeft
from edge.ordering.orders.fulfilment.reservations import release
from edge.ordering.orders.order_lines import too_much_of_one
from edge.ordering.orders.queries import (
    cart_at,
    holding_given_up,
    order_of_cart,
    order_on_counter,
    read_cart,
    read_shop_order,
    save_cart,
)
from edge.ordering.orders.rules import Channel
from edge.people.customers.queries import read_customer, resolve

ENDED_AT_ONCE = 100
"""Maximum carts ended per command. The rest wait for the next command."""
_TOO_MANY = """
    DELETE FROM cart WHERE id IN (SELECT id FROM cart WHERE ended ORDER BY until_us DESC LIMIT -1 OFFSET ?)
"""
_OVER = "SELECT id FROM cart WHERE until_us <= ? ORDER BY until_us LIMIT ?"
_encode = msgspec.json.Encoder().encode
_replace = msgspec.structs.replace


class CartHandlers:
    """Handles carts in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def open_cart(self, tx: Transaction, command: commands.OpenCart) -> CartView:
        if command.channel == "kiosk" and (known := cart_at(tx.db, tx.actor.register, tx.at_us)):
            return self.refresh_cart(tx, known.after_activity(tx.at_us, language=command.language or known.language))
        no_room(tx, command.channel)
        cart = new_cart(tx, command.channel, Basket(tx.actor.register, opened_us=tx.at_us))
        return self.refresh_cart(tx, _replace(cart, language=command.language, place=command.place))

    def add_to_cart(self, tx: Transaction, command: commands.AddToCart) -> CartView:
        cart = live_cart(tx, command.cart)
        age = max(cart.age_said, command.age_said)
        basket = _replace(cart.basket, age_checked=age)
        found = item_entry.find(tx, command, basket.price_list, self._settings)
        if isinstance(found, item_entry.CouponRead):
            return self.change_goods(tx, cart, with_scanned_coupon(tx, basket, found.code, self._settings.currency))
        if isinstance(found, item_entry.MemberCode):
            basket = for_member(tx, basket, found.number)
            if cart.face_of not in ("", basket.customer):
                raise Refusal("cart_of_another")
            return self.merge_cart(tx, _replace(cart, face_of=""), basket)
        found = item_entry.settle_modifiers(tx, found)
        product = found.product
        if product and is_by_zone(tx.db, product):
            raise Refusal("service_apart", name_values(product.names))
        counted = product is not None and product.unit == "piece" and not found.label
        known = _line_of(basket, product.sku, found.choice) if product and counted else None
        if known and product and product.units == 1:
            after = basket_lines.set_quantity(basket, known.id, known.quantity + (found.quantity or ONE))
        else:
            after = item_entry.add(tx, basket, found)
        if after.questions:
            raise item_entry.unanswered_refusal(after.questions[0])
        return self.change_goods(tx, _replace(cart, age_said=age), after)

    def set_cart_line(self, tx: Transaction, command: commands.SetCartLine) -> CartView:
        cart = live_cart(tx, command.cart)
        line = cart.basket.line(command.line)
        if line is None or (line.voided and command.quantity):
            raise Refusal("no_such_line", {"line": command.line})
        if not command.quantity:  # no stock check: unavailable lines can be removed too
            lines = tuple(one for one in cart.basket.lines if one.id != line.id)
            return self.change_goods(tx, cart, cart.basket.with_changes(lines=lines))
        after = basket_lines.set_quantity(cart.basket, command.line, command.quantity)
        return self.change_goods(tx, cart, after)

    def drop_cart_coupon(self, tx: Transaction, command: commands.DropCartCoupon) -> CartView:
        cart = live_cart(tx, command.cart)
        left = tuple(one for one in cart.basket.coupons if one.id != command.coupon)
        if left == cart.basket.coupons:
            raise Refusal("no_such_coupon")
        return self.change_goods(tx, cart, cart.basket.with_changes(coupons=left))

    def touch_cart(self, tx: Transaction, command: commands.TouchCart) -> CartView:
        cart = live_cart(tx, command.cart)
        return self.refresh_cart(tx, cart.after_activity(tx.at_us))

    def take_what_is(self, tx: Transaction, command: commands.TakeWhatIs) -> CartView:
        cart = live_cart(tx, command.cart)
        cart = self.refresh_cart(tx, cart).alone  # refresh against current stock
        gone = {*cart.gone, *(id for id, there in cart.short.items() if not there)}
        lines = tuple(
            _replace(line, quantity=cart.short.get(line.id, line.quantity))
            for line in cart.basket.lines
            if line.id not in gone
        )
        return self.merge_cart(tx, cart, cart.basket.with_changes(lines=lines))

    def leave_cart(self, tx: Transaction, command: commands.LeaveCart) -> None:
        cart = read_cart(tx.db, command.cart)
        if cart is None:
            raise Refusal("no_such_cart")
        end(tx, cart, "left")

    def end_carts(self, tx: Transaction, command: commands.EndCarts) -> int:
        """End expired carts and sign-in codes, and release their reservations. Returns the number of carts ended."""
        tx.db.execute("DELETE FROM sign_in WHERE until_us <= ?", (tx.at_us,))
        over = tx.db.execute(_OVER, (tx.at_us, ENDED_AT_ONCE)).fetchall()
        for (id,) in over:
            if cart := read_cart(tx.db, id):
                end(tx, cart, "idle" if not cart.ended else "forgotten")
        tx.db.execute(_TOO_MANY, (LISTS_MOST,))
        for id in holding_given_up(tx.db):
            if cart := read_cart(tx.db, id):
                self._reprice_and_save(tx, cart, ())
        return len(over)

    def cart_counter(self, tx: Transaction, command: commands.CartCounter) -> CartView:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.tenders:
            raise Refusal("already_paying", {"paid_minor": basket.paid_minor})
        if basket.questions:
            raise Refusal("answer_first", {"waiting": len(basket.questions)})
        if not basket.sold_lines:
            raise Refusal("basket_empty")
        if basket.returns:
            raise Refusal("counter_not_for_later")
        if order := read_shop_order(tx.db, order_on_counter(tx.db, tx.actor.register)):
            raise Refusal("order_on_counter", {"said": order.said})
        no_room(tx, "till")
        lay(tx, None)
        whose = read_customer(tx.db, basket.customer, tx.at_us) if basket.customer else None
        language = whose.language if whose else ""
        cart = _replace(new_cart(tx, "till", basket), age_said=basket.age_checked, language=language)
        return self.change_goods(tx, cart, _replace(basket, lines=basket.sold_lines))

    def call_staff(self, tx: Transaction, command: commands.CallStaff) -> None:
        register = tx.actor.register
        tx.db.execute("INSERT OR IGNORE INTO kiosk_call (register, at_us) VALUES (?, ?)", (register, tx.at_us))
        if cart := cart_at(tx.db, register, tx.at_us):
            save(tx, cart.waiting(tx.at_us))

    def answer_call(self, tx: Transaction, command: commands.AnswerCall) -> None:
        tx.db.execute("DELETE FROM kiosk_call WHERE register = ?", (command.kiosk,))

    def change_goods(self, tx: Transaction, cart: Cart, basket: Basket) -> CartView:
        """Return the cart with changed goods, and reserve them.

        Raises `Refusal` if there isn't enough stock for added goods.
        """
        had = {line.id: line.quantity for line in cart.lines}
        if not had:
            cart = _replace(cart, began_us=tx.at_us)
        grown = [line for line in basket.sold_lines if line.quantity > had.get(line.id, 0)]
        if cart.channel == "kiosk":  # kiosk customers take the goods now; others choose a time slot
            require_hours(tx, grown, self._settings, refuse)
        return self._with(tx, cart, basket, {line.id for line in grown})

    def merge_cart(self, tx: Transaction, cart: Cart, basket: Basket) -> CartView:
        """Return the cart merged with goods from elsewhere.

        Lines with too little stock are marked as short. Goods that don't fit by size or law are left out and named.
        """
        fitting = _fitting(tx, basket)
        left_out = tuple(line.names for line in basket.lines if line not in fitting.lines)
        return self._with(tx, cart, fitting, (), left_out)

    def refresh_cart(self, tx: Transaction, cart: Cart) -> CartView:
        """Save the cart at current prices and return it."""
        return self._reprice_and_save(tx, cart, ())

    def _with(
        self,
        tx: Transaction,
        cart: Cart,
        basket: Basket,
        wanted: Collection[int],
        left_out: tuple[dict[str, str], ...] = (),
    ) -> CartView:
        _fits(tx, basket)
        cart = _replace(cart, basket=basket, coupons_gone=(), left_out=left_out)
        return self._reprice_and_save(tx, cart.after_activity(tx.at_us), wanted, changed=True)

    def _reprice_and_save(
        self, tx: Transaction, cart: Cart, wanted: Collection[int], changed: bool = False
    ) -> CartView:
        before = cart.gone
        cart, age = reprice_cart(tx, cart, self._settings)
        if changed or cart.gone != before or needs_look(tx, cart):
            cart = hold_goods(tx, cart, wanted)
        save(tx, cart)
        return view(cart, age, self._settings, tx.at_us)


def is_by_zone(db: Connection, product: CatalogProduct) -> bool:
    """Whether a product is sold only with a delivery zone: a service or a zone's fee."""
    return not without_services(db, [product])


def _fits(tx: Transaction, basket: Basket) -> None:
    """Raise `Refusal` for a cart that is too large or above a legal limit."""
    if len(basket.lines) > CART_LINES or len(_encode(basket)) > BASKET_BYTES:
        raise Refusal("basket_full", {"limit": CART_LINES})
    over_limit(tx, basket.sold_lines)
    too_much_of_one(basket.sold_lines)


def _fitting(tx: Transaction, basket: Basket) -> Basket:
    """Return the basket with as many of its lines, from the first on, as a valid cart can have."""
    with suppress(Refusal):
        _fits(tx, basket)
        return basket
    fitting = basket.with_changes(lines=())
    for line in basket.lines:
        with suppress(Refusal):
            more = basket.with_changes(lines=(*fitting.lines, line))
            _fits(tx, more)
            fitting = more
    return fitting


def no_room(tx: Transaction, channel: Channel) -> None:
    """Raise `Refusal` if there are too many carts of this channel."""
    open_now = "SELECT count(*) FROM cart WHERE channel = ? AND NOT ended"
    count = tx.db.execute(open_now, (channel,)).fetchone()[0]
    if count >= CARTS_MOST:
        raise Refusal("too_many_carts", {"limit": CARTS_MOST})


def new_cart(tx: Transaction, channel: Channel, basket: Basket) -> Cart:
    """A new cart, empty or with a basket, under an unguessable id."""
    id = secrets.token_urlsafe(18)
    return Cart(id, channel, tx.actor.register, basket, tx.at_us, tx.at_us, tx.at_us + IDLE_US[channel])


def under_new_id(tx: Transaction, cart: Cart) -> Cart:
    """Return the cart under a new id, so that a QR code seen before its customer was known no longer opens it.

    Reserves nothing yet, and doesn't save the cart.
    """
    release(tx, f"cart:{cart.id}")
    tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))
    return _replace(cart, id=secrets.token_urlsafe(18))


def lay(tx: Transaction, basket: Basket | None) -> Basket:
    """Replace the register's basket; None clears it."""
    done = tx.do(LayBasket(basket))
    assert isinstance(done, Done) and isinstance(done.result, Basket)
    return done.result


def save(tx: Transaction, cart: Cart) -> None:
    """Save a cart."""
    save_cart(tx.db, cart)


def end(tx: Transaction, cart: Cart, why: str) -> None:
    """End a cart; the journal records its contents.

    Goods that a signed-in customer leaves at a kiosk stay theirs for a while, on any device. An idle phone's or
    customer's cart is kept as a list.
    """
    if cart.ended:
        tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))
        return
    if cart.face_of and (whose := resolve(tx.db, cart.face_of)):
        cart = _replace(cart, basket=for_customer(tx, cart.basket, whose), face_of="")
    if cart.channel == "kiosk" and cart.basket.customer and cart.lines:
        again(tx, _replace(under_new_id(tx, cart), channel="phone"))
        return
    release(tx, f"cart:{cart.id}")
    goods = tuple(GoodsLeft(line.sku, line.goods) for line in cart.lines)
    if goods:
        ended = CartEnded(cart.channel, why, goods, cart.basket.total_minor, cart.began_us)  # type: ignore[arg-type]
        tx.append(ended)
    if why == "idle" and cart.is_kept:
        save(tx, cart.as_list(tx.at_us))
    else:
        tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))


def live_cart(tx: Transaction, id: str) -> Cart:
    """Return a cart that can be changed. A list is reopened with the goods still available."""
    cart = read_cart(tx.db, id)
    if cart is not None and cart.is_over(tx.at_us) and cart.is_kept:
        end(tx, cart, "idle")
        cart = read_cart(tx.db, id)
    if cart is not None and cart.ended and not cart.is_over(tx.at_us):
        no_room(tx, cart.channel)
        return again(tx, cart)
    if cart is None or cart.is_over(tx.at_us):
        order = order_of_cart(tx.db, id)
        if not order:
            raise Refusal("no_such_cart")
        raise Refusal("cart_ordered", {"order": order.said})
    return cart


def again(tx: Transaction, cart: Cart) -> Cart:
    """Reopen a list as a cart and reserve what is still available."""
    live = hold_goods(tx, cart.again(tx.at_us))
    save(tx, live)
    return live


def _line_of(basket: Basket, sku: str, choice: ModifierChoice) -> BasketLine | None:
    """The line that one more piece of a product is added to."""
    alike = (line for line in basket.sold_lines if line.sku == sku and line.modifiers == choice.chosen)
    return next((line for line in alike if line.units == 1 and line.label is None), None)
