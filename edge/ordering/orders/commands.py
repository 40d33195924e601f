"""What can be asked of carts and orders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.counter.basket.basket import TENDERS_LIMIT
from edge.counter.till.commands import Quantity, Reason, TenderGiven
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT
from edge.ordering.orders.order import CartId, OrderId, OrderName, Secret, Someone
from edge.ordering.orders.order import LineWanted as LineWanted
from edge.ordering.orders.rules import Channel, Fulfilment
from edge.people.coupons.code import CouponId
from edge.people.customers.rules import NAME_CHARS

Age = Annotated[int, msgspec.Meta(ge=0, le=150)]
Language = Annotated[str, msgspec.Meta(pattern=r"^([a-z]{2})?$(?!\n)")]
Place = Annotated[str, msgspec.Meta(pattern=r"^[\w .#-]{0,30}$(?!\n)")]  # a table or a shelf, as its QR calls it
PersonName = Annotated[str, msgspec.Meta(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Phone = Annotated[str, msgspec.Meta(max_length=60)]  # as people write it: what is none is refused in words
Words = Annotated[str, msgspec.Meta(max_length=300, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$(?!\n)")]
PostalCode = Annotated[str, msgspec.Meta(max_length=12, pattern=r"^[A-Za-z0-9 -]*$(?!\n)")]
TotalAccepted = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]  # what they were shown, and said yes to
TipGiven = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
CHANGES_MOST = 100


class OpenCart(Command, frozen=True):
    """Begin a cart, or at a kiosk go on with the one that is there."""

    channel: Channel = "api"
    language: Language = ""
    place: Place = ""


class AddToCart(Command, frozen=True):
    """Put a product into a cart, by its `sku` or by a code as scanned or typed, as in `AddLine`. `age_said`: the
    customer says that they are at least so old."""

    cart: CartId
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    quantity: Quantity | None = None
    age_said: Age = 0
    modifiers: ModifierRefs | None = None


class TakeCart(Command, frozen=True):
    """Go on with a cart somewhere else: a phone takes over what lies in a kiosk's, a kiosk what a phone's QR shows.

    It has another id then, and the old one is none any more. Its goods come, not whose it was. `into`: a cart that is
    there already; of a line that both have, the quantity in front of the person holds.
    """

    cart: CartId
    channel: Channel
    into: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""


class OrderAgain(Command, frozen=True):
    """Put what was in an order into a cart at today's prices, as far as it can be had; `missing` names the rest.

    `into`: a cart that is there already; what lies in it stays, and nothing comes twice.
    """

    secret: Secret
    channel: Channel = "phone"
    into: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""


class SetCartLine(Command, frozen=True):
    """Let a line of a cart be this many thousandths of its unit; 0 takes it out."""

    cart: CartId
    line: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class DropCartCoupon(Command, frozen=True):
    """Take a coupon out of a cart again, by the id that it has there; it stays unused."""

    cart: CartId
    coupon: CouponId


class TouchCart(Command, frozen=True):
    """Somebody is still there: the cart is kept, and shows the prices of this moment."""

    cart: CartId


class TakeWhatIs(Command, frozen=True):
    """Let a cart be what can be had of it: lines that are short become what there is, those that are gone fall away."""

    cart: CartId


class LeaveCart(Command, frozen=True):
    """Give a cart up."""

    cart: CartId


class EndCarts(Command, frozen=True):
    """End all carts that nobody has touched for too long."""


class CartCounter(Command, frozen=True):
    """Take what lies on this register's counter into a cart, to be ordered for later; the counter is clear then."""


class CallStaff(Command, frozen=True):
    """Somebody at this kiosk wants help; their cart waits for it."""


class AnswerCall(Command, frozen=True):
    """Somebody goes to the kiosk that called."""

    kiosk: Annotated[str, msgspec.Meta(max_length=64)]


class PlaceOrder(AskingCommand, frozen=True):
    """Order what is in a cart. `accepted_total_minor` is what the customer was shown: another sum is refused.

    `customer`: whose order it is, at the prices of their list; at kiosks a member's code in the cart says so.
    For later: `slot_from_us`, the begin of one of the free slots; else as soon as possible. `delivery` needs an
    `address` with its `postal_code`, name and phone. `substitutes`: something like it will do for what is missing. A
    postal code of another province is asked about, as somebody of the shop may know better. `tip_minor` is part of the
    sum that is accepted. `no_show_fee_minor`: what the customer was shown that is kept of what they pay ahead if nobody
    comes; never more is. A cart is placed once: whoever places it again gets that order.
    """

    personal: ClassVar[tuple[str, ...]] = ("name", "phone", "address", "postal_code", "note")

    cart: CartId
    accepted_total_minor: TotalAccepted
    fulfilment: Fulfilment = "pickup"
    slot_from_us: Number | None = None
    customer: Someone = ""
    name: PersonName = ""
    phone: Phone = ""
    address: Words = ""
    postal_code: PostalCode = ""
    note: Words = ""
    language: Language = ""
    substitutes: bool = False
    tip_minor: TipGiven = 0
    no_show_fee_minor: TotalAccepted = 0


class AskSignIn(Command, frozen=True):
    """A customer at a kiosk or a phone wants a code to sign in with, sent to the e-mail or phone that they typed.

    The answer is the same whether somebody is known by it or not.
    """

    personal: ClassVar[tuple[str, ...]] = ("to",)

    cart: CartId
    to: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class SignIn(Command, frozen=True):
    """The code that was sent: the cart is this customer's from now on, with what lay in another cart of theirs."""

    personal: ClassVar[tuple[str, ...]] = ("code",)

    cart: CartId
    code: Annotated[str, msgspec.Meta(pattern=r"^\d{6}$(?!\n)")]


class AttachOrder(Command, frozen=True):
    """Say of an order of a guest whose it is, with the person there."""

    order: OrderId
    customer: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]


class MoveOrder(Command, frozen=True):
    """Say how far an order is: accepted, being prepared, ready; out to the customer with a `driver`, or not delivered.

    Back from an attempt that failed it is `ready` again.
    """

    order: OrderId
    to: Literal["accepted", "preparing", "ready", "out_for_delivery", "failed"]
    driver: Someone = ""
    reason: Reason = ""


class CancelOrder(Command, frozen=True):
    """Give an order up, or reject one that was not accepted yet: the goods are free again, or, `wasted`, what was made
    of it is thrown away. It is final. `keep_fee`: nobody came for it, and of what was paid ahead the fee is kept that
    was shown when it was placed; a person says so. Its customer may before the shop has accepted it, or where the shop
    is closed at its time."""

    order: OrderName
    reason: Reason = ""
    wasted: bool = False
    keep_fee: bool = False


class StopOrderNews(Command, frozen=True):
    """The customer wants no more messages about this order."""

    secret: Secret


class ChangeOrder(Command, frozen=True):
    """Make a new version of an order that is not ready yet: less of a line, more, or none, at the prices of placing.

    The discount of a line stays, for what is left of it. More of one goes into the slot, as far as that has room.
    Its customer takes out alone, before the shop has accepted it; of a delivery the fee is that of what is left then,
    and they say yes to the sum that is left, as in `AddToOrder`.
    """

    order: OrderName
    lines: Annotated[tuple[LineWanted, ...], msgspec.Meta(min_length=1, max_length=CHANGES_MOST)]
    reason: Reason = ""
    accepted_total_minor: TotalAccepted | None = None
    slot_from_us: Number | None = None


class AddToOrder(Command, frozen=True):
    """Put more goods into an order that is not ready yet, by `sku` or code as in `AddToCart`, or what lies in a `cart`:
    at the prices of today, beside what was ordered at those of placing. Its customer puts a cart in, before the shop
    has accepted it.

    `accepted_total_minor` is what the customer said yes to for all of it; without it, or with another sum, the answer
    is the sum before and behind it. `slot_from_us`: another time, where the one it has is full by it.
    """

    order: OrderName
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    quantity: Quantity | None = None
    modifiers: ModifierRefs | None = None
    cart: CartId | None = None
    accepted_total_minor: TotalAccepted | None = None
    slot_from_us: Number | None = None


class SetOrderAddress(AskingCommand, frozen=True):
    """Let a delivery go to another address. In its zone only paper changes, until it is on its way; in another one fee
    and slot are anew, until it is ready, and the new sum is accepted as in `AddToOrder`. A postal code is
    asked about as in `PlaceOrder`, of staff. Its customer says so before the shop has accepted it."""

    personal: ClassVar[tuple[str, ...]] = ("address", "postal_code")

    order: OrderName
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$(?!\n)")]
    postal_code: PostalCode
    accepted_total_minor: TotalAccepted | None = None
    slot_from_us: Number | None = None


class SetOrderTip(Command, frozen=True):
    """Let the tip be another one, before the shop has accepted the order; 0: none."""

    order: OrderName
    tip_minor: TipGiven


class ReplaceLine(Command, frozen=True):
    """Let another product stand in the place of a line that is short, at the lower of both prices.

    At once where the customer ticked that something like it will do, or says yes now (`agreed`); else it is proposed to
    them. `sku`: its number, or any code of it.
    """

    order: OrderId
    line: Number
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    agreed: bool = False


class AnswerSubstitute(Command, frozen=True):
    """The customer says whether something else will do in the place of a line."""

    secret: Secret
    line: Number
    yes: bool


class HandOverOrder(AskingCommand, frozen=True):
    """Hand an order over at the counter or a door: it becomes a sale here, against what was paid ahead and `tenders`.

    `id_checked`: somebody looked whether the customer is old enough; `id_failed`: they could not show it, and what is
    for grown-ups falls away; where nothing else is left at a door, the fee that was paid ahead is kept, but where it is
    `fee_waived`. `lines`: only so much of these; the order stays ready for the rest. None: all of it. `code`: the
    pickup code, where it was asked for. `accepted_total_minor`: what the customer saw for all that is left (without it,
    what was promised); where that is another sum now, by a tax or a change of the order, the answer is both.
    `tip_minor`: another tip than was promised; None: that one.
    """

    order: OrderId
    tenders: Annotated[tuple[TenderGiven, ...], msgspec.Meta(max_length=TENDERS_LIMIT)]
    id_checked: bool = False
    code: Annotated[str, msgspec.Meta(pattern=r"^(\d{6})?$(?!\n)")] = ""
    print: bool = True
    lines: Annotated[tuple[LineWanted, ...], msgspec.Meta(max_length=CHANGES_MOST)] | None = None
    id_failed: bool = False
    fee_waived: bool = False
    accepted_total_minor: TotalAccepted | None = None
    tip_minor: TipGiven | None = None


class SetOrderSlot(Command, frozen=True):
    """Let an order be wanted at another time: the begin of one of the free slots. Its customer chooses before the shop
    has accepted it, or where it is closed at its time."""

    order: OrderName
    slot_from_us: Number


class TakeUpOrder(Command, frozen=True):
    """Lay an order onto this register's counter, to be paid and handed over there: by its id, the secret of its QR,
    what was `scanned` of that, or its pickup code. `take_over`: also where another register's counter has it, which is
    told."""

    order: Annotated[str, msgspec.Meta(pattern=r"^(o[0-9a-z]{8,40})?$(?!\n)")] = ""
    secret: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{20,64})?$(?!\n)")] = ""
    code: Annotated[str, msgspec.Meta(pattern=r"^(\d{6})?$(?!\n)")] = ""
    take_over: bool = False
    scanned: Annotated[str, msgspec.Meta(max_length=512)] = ""


class PrintOrder(Command, frozen=True):
    """Print what is to be picked for an order, at this register."""

    order: OrderId


class PrintRun(Command, frozen=True):
    """Print what a driver takes out now: to whom, where, and what they pay."""

    driver: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
