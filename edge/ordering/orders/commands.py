"""Commands of carts and orders."""

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
Place = Annotated[str, msgspec.Meta(pattern=r"^[\w .#-]{0,30}$(?!\n)")]  # a table or shelf, as in its QR code
PersonName = Annotated[str, msgspec.Meta(max_length=NAME_CHARS, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]
Phone = Annotated[str, msgspec.Meta(max_length=60)]  # as typed: an invalid one is refused with an explanation
Words = Annotated[str, msgspec.Meta(max_length=300, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$(?!\n)")]
PostalCode = Annotated[str, msgspec.Meta(max_length=12, pattern=r"^[A-Za-z0-9 -]*$(?!\n)")]
TotalAccepted = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]  # the total shown to and accepted by the customer
TipGiven = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
CHANGES_MOST = 100


class OpenCart(Command, frozen=True):
    """Start a cart, or at a kiosk continue with the current one."""

    channel: Channel = "api"
    language: Language = ""
    place: Place = ""


class AddToCart(Command, frozen=True):
    """Add a product to a cart, by its `sku` or by a scanned or typed code, as in `AddLine`. `age_said`: the minimum age
    the customer states."""

    cart: CartId
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    quantity: Quantity | None = None
    age_said: Age = 0
    modifiers: ModifierRefs | None = None


class TakeCart(Command, frozen=True):
    """Continue with a cart on another device: a phone takes over a kiosk's cart, or a kiosk the cart in a phone's QR
    code.

    The cart gets a new id, and the old one becomes invalid. Its goods move, its customer doesn't. `into`: an existing
    cart to merge with; for lines in both, the quantity on this device applies.
    """

    cart: CartId
    channel: Channel
    into: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""


class OrderAgain(Command, frozen=True):
    """Add an earlier order's available goods to a cart at current prices; `missing` names the rest.

    `into`: an existing cart; its contents stay, and nothing is added twice.
    """

    secret: Secret
    channel: Channel = "phone"
    into: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{16,64})?$(?!\n)")] = ""


class SetCartLine(Command, frozen=True):
    """Set a line's quantity in thousandths of its unit; 0 removes it."""

    cart: CartId
    line: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class DropCartCoupon(Command, frozen=True):
    """Remove a coupon from a cart by its id there; it stays unused."""

    cart: CartId
    coupon: CouponId


class TouchCart(Command, frozen=True):
    """Keep a cart alive, and refresh its prices."""

    cart: CartId


class TakeWhatIs(Command, frozen=True):
    """Reduce a cart to what is available: short lines to the available quantity, unavailable ones removed."""

    cart: CartId


class LeaveCart(Command, frozen=True):
    """Discard a cart."""

    cart: CartId


class EndCarts(Command, frozen=True):
    """Discard all idle carts."""


class CartCounter(Command, frozen=True):
    """Move this register's basket into a cart for an order at a later time; the register's basket is cleared."""


class CallStaff(Command, frozen=True):
    """Call staff to this kiosk; its cart waits for them."""


class AnswerCall(Command, frozen=True):
    """Confirm that staff are going to the calling kiosk."""

    kiosk: Annotated[str, msgspec.Meta(max_length=64)]


class PlaceOrder(AskingCommand, frozen=True):
    """Place an order for a cart. `accepted_total_minor` is the total shown to the customer; the order is refused if the
    total has changed.

    `customer`: the order's customer, whose price list applies; at kiosks a member's code in the cart identifies them.
    `slot_from_us`: the start of a free slot; without it, the order is for as soon as possible. `delivery` needs an
    `address` with its `postal_code`, name and phone. `substitutes`: missing products may be substituted. A postal code
    of another province can be confirmed by staff. `tip_minor` is part of the accepted total. `no_show_fee_minor`: the
    fee shown to the customer, and the most that is kept from their prepayment if they don't come. A cart is placed
    once: repeating the command returns that order.
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
    """Send a sign-in code to the email or phone that a customer typed at a kiosk or phone.

    The answer is the same whether the address is known or not.
    """

    personal: ClassVar[tuple[str, ...]] = ("to",)

    cart: CartId
    to: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class SignIn(Command, frozen=True):
    """Confirm the sent code: the cart becomes this customer's, merged with their other cart."""

    personal: ClassVar[tuple[str, ...]] = ("code",)

    cart: CartId
    code: Annotated[str, msgspec.Meta(pattern=r"^\d{6}$(?!\n)")]


class AttachOrder(Command, frozen=True):
    """Assign a guest's order to a customer who is present."""

    order: OrderId
    customer: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]


class MoveOrder(Command, frozen=True):
    """Move an order to its next state: accepted, being prepared, ready, out for delivery with a `driver`, or delivery
    failed.

    After a failed attempt it's `ready` again.
    """

    order: OrderId
    to: Literal["accepted", "preparing", "ready", "out_for_delivery", "failed"]
    driver: Someone = ""
    reason: Reason = ""


class CancelOrder(Command, frozen=True):
    """Cancel an order, or reject one that isn't accepted yet. This is final.

    Its goods are released, or with `wasted` its prepared goods are thrown away. `keep_fee`: the customer didn't come,
    and the fee shown when the order was placed is kept from the prepayment; only a person may decide that. The customer
    may cancel until the shop accepts the order, or if the shop is closed at its time.
    """

    order: OrderName
    reason: Reason = ""
    wasted: bool = False
    keep_fee: bool = False


class StopOrderNews(Command, frozen=True):
    """Unsubscribe the customer from messages about this order."""

    secret: Secret


class ChangeOrder(Command, frozen=True):
    """Change the lines of an order that isn't ready yet: reduce, increase or remove them at the original prices.

    A line's discount is kept in proportion. An increase needs a slot with enough capacity. The customer can only remove
    goods, until the shop accepts the order; a delivery's fee is recalculated, and they accept the new total as in
    `AddToOrder`.
    """

    order: OrderName
    lines: Annotated[tuple[LineWanted, ...], msgspec.Meta(min_length=1, max_length=CHANGES_MOST)]
    reason: Reason = ""
    accepted_total_minor: TotalAccepted | None = None
    slot_from_us: Number | None = None


class AddToOrder(Command, frozen=True):
    """Add goods to an order that isn't ready yet, by `sku` or code as in `AddToCart`, or from a `cart`. They have
    current prices, while the other lines keep theirs.

    The customer adds a cart, until the shop accepts the order. `accepted_total_minor`: the new total that the customer
    accepted; without it, or if it differs, the refusal gives the total before and after. `slot_from_us`: another slot,
    if the current one is full.
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
    """Change a delivery's address.

    An address in the same zone changes only the papers, until the order is out for delivery. Another zone changes fee
    and slot, until the order is ready, and the new total is accepted as in `AddToOrder`. Staff can confirm a postal
    code as in `PlaceOrder`. The customer can change the address until the shop accepts the order.
    """

    personal: ClassVar[tuple[str, ...]] = ("address", "postal_code")

    order: OrderName
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=300, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$(?!\n)")]
    postal_code: PostalCode
    accepted_total_minor: TotalAccepted | None = None
    slot_from_us: Number | None = None


class SetOrderTip(Command, frozen=True):
    """Set the tip until the shop accepts the order; 0: none."""

    order: OrderName
    tip_minor: TipGiven


class ReplaceLine(Command, frozen=True):
    """Substitute another product for a short line, at the lower of both prices.

    Applied at once if the customer allowed substitutes, or agrees now (`agreed`); otherwise it's proposed to them.
    `sku`: the product's SKU, or any of its codes.
    """

    order: OrderId
    line: Number
    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    agreed: bool = False


class AnswerSubstitute(Command, frozen=True):
    """Record the customer's answer to a proposed substitute."""

    secret: Secret
    line: Number
    yes: bool


class HandOverOrder(AskingCommand, frozen=True):
    """Hand an order over at the counter or a door: it becomes a sale here, paid by the advance and `tenders`.

    `id_checked`: staff checked the customer's age; `id_failed`: the customer didn't prove it, and age-restricted goods
    are removed; if nothing else is left at a door, the prepaid delivery fee is kept unless `fee_waived`. `lines`: hand
    over only these quantities; the order stays ready for the rest. None: all of it. `code`: the pickup code, if
    required. `accepted_total_minor`: the total the customer saw for the rest of the order (by default the promised
    one); if taxes or changes made it differ, the refusal gives both. `tip_minor`: another tip than promised; None:
    unchanged.
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
    """Move an order to another free slot, given its start. The customer can do so until the shop accepts it, or if the
    shop is closed at its time."""

    order: OrderName
    slot_from_us: Number


class TakeUpOrder(Command, frozen=True):
    """Open an order at this register, to be paid and handed over: by its id, its QR code's secret or `scanned` content,
    or its pickup code. `take_over`: take it even from another register, which is notified."""

    order: Annotated[str, msgspec.Meta(pattern=r"^(o[0-9a-z]{8,40})?$(?!\n)")] = ""
    secret: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9_-]{20,64})?$(?!\n)")] = ""
    code: Annotated[str, msgspec.Meta(pattern=r"^(\d{6})?$(?!\n)")] = ""
    take_over: bool = False
    scanned: Annotated[str, msgspec.Meta(max_length=512)] = ""


class PrintOrder(Command, frozen=True):
    """Print an order's picking list at this register."""

    order: OrderId


class PrintRun(Command, frozen=True):
    """Print the list of a driver's current deliveries: recipients, addresses, amounts due."""

    driver: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
