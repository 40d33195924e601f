"""Sign-in of customers at a kiosk or phone by a code sent to them, inside the transaction.

The answer is the same whether the address is known or not. The code is local state for ten minutes and in no event.
Wrong attempts and repeated requests are counted in memory, like wrong pickup codes.
"""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Collection

import msgspec

from edge.core.messages import Command, PersonId, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.lines.pricing import for_customer
from edge.counter.till.settings import TillSettings
from edge.foundation.access.credentials.sent_codes import count_customers_code
from edge.foundation.outbox.letters import queue_letter, withdraw
from edge.ordering.orders.carts.cart import Cart, CartView
from edge.ordering.orders.carts.cart_handlers import CartHandlers, live_cart, under_new_id
from edge.ordering.orders.carts.cart_moves import began, join_carts
from edge.ordering.orders.carts.face_carts import open_by_face, require_own_face_cart
from edge.ordering.orders.commands import AskSignIn, AttachOrder, SignIn
from edge.ordering.orders.customers.named_order import find_order
from edge.ordering.orders.events import OrderAttached
from edge.ordering.orders.fulfilment.reservations import release
from edge.ordering.orders.order import CartId, KeptOrder
from edge.ordering.orders.queries import guest_orders, other_carts, read_shop_order
from edge.people.customers.queries import owner_of_address, resolve

VALID_US = 600 * 1_000_000
"""How long a code is valid (microseconds)."""
TRIES_MOST = 5
"""Maximum wrong attempts per code. After that, another code must be requested."""
ASKED_MOST = 3
"""Maximum codes per cart within `WITHIN_US`. Codes per address are counted in `access.sent_codes`."""
WITHIN_US = 600 * 1_000_000
KEPT = 2000
_ASK = "INSERT OR REPLACE INTO sign_in (cart, customer, way, code, until_us) VALUES (?, ?, ?, ?, ?)"
_FIND = "SELECT customer, way, code, until_us FROM sign_in WHERE cart = ?"
_GOOD = "SELECT customer, code FROM sign_in WHERE cart = ? AND until_us > ?"


class CodeLetter(msgspec.Struct, frozen=True):
    """A message with the code for a cart. The code itself isn't stored in an outbox."""

    cart: str


class SignInCart(Command, frozen=True):
    """Assign a cart to a customer who has signed in to their account.

    `by_face`: the customer was recognised only by face at a kiosk. The contents of their carts move here, but the cart
    gets no customer.
    """

    cart: CartId
    customer: PersonId
    by_face: bool = False


class SignInTries:
    """Counts a shop's code requests and wrong attempts."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, deque[int]] = OrderedDict()
        self._wrong: OrderedDict[str, int] = OrderedDict()

    def count_request(self, at_us: int, **limits: int) -> None:
        """Count a request for each of these keys. Raises `Refusal` if one of them has made too many requests."""
        for name, most in limits.items():
            times = self._asked.setdefault(name, deque(maxlen=max(limits.values())))
            while times and times[0] <= at_us - WITHIN_US:
                times.popleft()
            if len(times) >= most:
                raise Refusal("sign_in_wait", {"minutes": -(-(times[0] + WITHIN_US - at_us) // 60_000_000)})
        for name in limits:
            self._asked[name].append(at_us)
            self._asked.move_to_end(name)
        while len(self._asked) > KEPT:
            self._asked.popitem(last=False)

    def begin(self, cart: str) -> None:
        """Reset a cart's wrong attempts for a new code."""
        self._wrong.pop(cart, None)

    def is_dead(self, cart: str) -> bool:
        return self._wrong.get(cart, 0) >= TRIES_MOST

    def wrong(self, cart: str) -> None:
        self._wrong[cart] = self._wrong.get(cart, 0) + 1
        while len(self._wrong) > KEPT:
            self._wrong.popitem(last=False)


class SigningIn:
    """Signs customers in.

    `region`: the default country of phone numbers. `ways`: channels for codes (email, sms).
    """

    def __init__(self, settings: TillSettings, region: str, ways: Collection[str], tries: SignInTries) -> None:
        self._settings = settings
        self._region = region
        self._ways = ways
        self._tries = tries

    def ask(self, tx: Transaction, command: AskSignIn) -> None:
        cart = live_cart(tx, command.cart)
        found = owner_of_address(tx.db, command.to, self._region)
        if found is None or found.way not in self._ways:
            raise Refusal("sign_in_to_wrong" if self._ways else "sign_in_none")
        self._tries.count_request(tx.at_us, **{f"cart {cart.id}": ASKED_MOST})
        kiosk = tx.actor.surface == "kiosk"
        count_customers_code(tx.db, tx.at_us, found.normal, f"kiosk:{tx.actor.register}" if kiosk else "", kiosk)
        self._tries.begin(cart.id)
        code = f"{secrets.randbelow(10**6):06}"
        tx.db.execute(_ASK, (cart.id, found.customer, found.way, code, tx.at_us + VALID_US))
        key = f"code:{cart.id}:"
        withdraw(tx.db, key, tx.at_us, "over")
        if found.customer:
            about = CodeLetter(cart.id)
            queue_letter(tx.db, "code", f"{key}{tx.at_us}", key, found.way, about, tx.at_us, life_us=VALID_US)

    def sign_in(self, tx: Transaction, command: SignIn) -> CartView:
        cart = live_cart(tx, command.cart)
        row = tx.db.execute(_FIND, (cart.id,)).fetchone()
        if row is None or row[3] <= tx.at_us or self._tries.is_dead(cart.id):
            raise Refusal("sign_in_over")
        customer, way, code, _ = row
        known = resolve(tx.db, customer) if customer else None
        if not hmac.compare_digest(code, command.code) or known is None:
            self._tries.wrong(cart.id)
            raise Refusal("sign_in_code_wrong")
        tx.db.execute("DELETE FROM sign_in WHERE cart = ?", (cart.id,))
        if way == "sms":
            self._attach_guests(tx, known)
        return self._claim_cart(tx, cart, known)

    def sign_in_cart(self, tx: Transaction, command: SignInCart) -> CartView:
        cart, known = live_cart(tx, command.cart), resolve(tx.db, command.customer)
        if known is None:
            raise Refusal("no_such_customer", {"id": command.customer})
        if command.by_face:
            return open_by_face(tx, cart, known, self._settings)
        if cart.basket.customer == known:
            return CartHandlers(self._settings).refresh_cart(tx, cart)
        return self._claim_cart(tx, cart, known)

    def _claim_cart(self, tx: Transaction, cart: Cart, known: str) -> CartView:
        """Return the cart as the customer's, merged with their other carts, under a new id."""
        require_own_face_cart(cart, known)
        basket = for_customer(tx, cart.basket, known)
        carts = CartHandlers(self._settings)
        others = other_carts(tx.db, known, cart.id, tx.at_us)
        cart = msgspec.structs.replace(cart, basket=basket, began_us=began(tx, cart, *others), face_of="")
        for other in others:
            cart = join_carts(cart, other)
            release(tx, f"cart:{other.id}")
            tx.db.execute("DELETE FROM cart WHERE id = ?", (other.id,))
        return carts.merge_cart(tx, under_new_id(tx, cart), cart.basket)

    def _attach_guests(self, tx: Transaction, customer: str) -> None:
        """Assign guest orders with the customer's confirmed phone to the customer."""
        for order in guest_orders(tx.db):
            found = owner_of_address(tx.db, order.phone, self._region) if order.phone else None
            if found and found.customer == customer:
                tx.append(OrderAttached(order.id, order.number, customer))

    def attach(self, tx: Transaction, command: AttachOrder) -> KeptOrder:
        order = find_order(tx, command.order)  # refused while being paid: it would become a sale without a customer
        customer = resolve(tx.db, command.customer)
        if customer is None:
            raise Refusal("no_such_customer", {"id": command.customer})
        if order.customer:
            raise Refusal("order_has_customer", {"said": order.said})
        tx.append(OrderAttached(order.id, order.number, customer))
        after = read_shop_order(tx.db, order.id)
        assert after is not None
        return after


def read_code(db: Connection, cart: str, now_us: int) -> tuple[str, str] | None:
    """The customer and the code to send for a cart; None if the code was used or has expired."""
    found: tuple[str, str] | None = db.execute(_GOOD, (cart, now_us)).fetchone()
    return found
