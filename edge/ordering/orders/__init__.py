"""Carts and orders. See README.md."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from edge.core.endpoints import HttpAddress, Method
from edge.core.messages import IsoDate, Moment, Refusal
from edge.core.process.part_context import PartContext
from edge.core.registry import Capability, CommandSpec, Handler, MethodHandler, PartSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import CART, EVERYBODY, INSIDE, MACHINE, NAMED_TILL, STAFF, TILL
from edge.counter.till.live_settings import live
from edge.counter.till.settings import TillSettings
from edge.foundation.access.requirements import OWN_ORDER, SHIFT_OPEN, SIGNED_IN
from edge.foundation.access.rights import BASKET, CUSTOMERS_READ, DELIVER, MANAGE, ORDERS, OVERRIDE, REFUND, SELL
from edge.ordering.orders import commands, events
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.carts.cart_handlers import CartHandlers
from edge.ordering.orders.carts.cart_moves import CartMoves, after_merging_customers
from edge.ordering.orders.carts.cart_pricing import looked_at
from edge.ordering.orders.carts.checkout import OrderPlacement, placed_order
from edge.ordering.orders.checks import order_stock_check
from edge.ordering.orders.counter import TakingUp, after, before, counter_free
from edge.ordering.orders.customers.code_tries import CodeTries
from edge.ordering.orders.customers.customer_orders import after_forgetting_customer, carts_of, read_customer_orders
from edge.ordering.orders.customers.customer_orders import forget_in_carts as forget_in_carts
from edge.ordering.orders.customers.customer_orders import open_order_of as open_order_of
from edge.ordering.orders.customers.customer_sign_in import SignInCart, SigningIn, SignInTries
from edge.ordering.orders.customers.named_order import own_order
from edge.ordering.orders.customers.order_reviews import (
    ReviewOrdered,
    WithdrawOrdered,
    review_ordered,
    withdraw_ordered,
)
from edge.ordering.orders.customers.order_status import order_status
from edge.ordering.orders.customers.status_page import StatusPage, StatusPageTeller, TellStatusPage, after_restore
from edge.ordering.orders.fulfilment.handover import HandedOver, HandingOver
from edge.ordering.orders.fulfilment.preparing import Preparing, TickLines, order_ticks
from edge.ordering.orders.fulfilment.slot_choice import SlotChoice, slots_to
from edge.ordering.orders.fulfilment.substitution_handlers import LineReplacement
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_edits import OrderEditing
from edge.ordering.orders.order_handlers import OrderHandlers
from edge.ordering.orders.parts import PARTS
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance, give_back_advance, take_advance
from edge.ordering.orders.paying.order_payments import (
    AskForPayment,
    BookOrderPayment,
    ChargeStoredMethod,
    EndOrderPayments,
    OrderPaying,
    StopOrderPayment,
    TakeHeld,
)
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from edge.ordering.orders.project import projector
from edge.ordering.orders.queries import (
    FreeSlot,
    kiosk_calls,
    order_steps,
    owing_orders,
    read_order_goods,
    read_shop_order,
    read_shop_orders,
)
from edge.ordering.orders.settings import NOTHING_SAID, OrdersSection
from edge.ordering.orders.settings import shows_status as shows_status
from edge.ordering.orders.watches import watches
from edge.people.customers.commands import ForgetCustomer, MergeCustomers

__all__ = ["capability", "forget_in_carts", "order_open"]
T = TypeVar("T")


def capability(
    settings: TillSettings,
    region: str = "",
    ways: Collection[str] = (),
    section: OrdersSection = NOTHING_SAID,
    status_shown: bool = False,
) -> Capability:
    """The orders capability, with the tills' current settings and `section` from config.toml.

    `region`: the default country of phone numbers. `ways`: channels for sign-in codes. `status_shown`: whether head
    office's page shows the status of orders.
    """
    now, zone, sign_ins = live(settings), ZoneInfo(settings.zone), SignInTries()
    at = partial(MethodHandler, now.today)
    cart, moves = partial(at, CartHandlers), partial(at, CartMoves)
    order = partial(at, OrderHandlers)
    placing = partial(OrderPlacement, region=region, section=section)
    signing = partial(SigningIn, region=region, ways=ways, tries=sign_ins)

    return Capability(
        name="orders",
        commands=(
            *_of_carts(cart, moves),
            *_of_people(partial(at, signing)),
            _guest(
                commands.PlaceOrder,
                at(placing, OrderPlacement.place_order),
                ask_first=True,
                http=_at("POST", "orders", KeptOrder, 201, placed_order),
            ),
            _staff(TickLines, at(Preparing, Preparing.tick_lines), also=SELL),
            *_of_steps(order),
            *_of_edits(partial(at, partial(OrderEditing, section=section))),
            *_of_substitutes(partial(at, LineReplacement)),
            *_of_handing_over(at, section),
            *_of_advances(at),
            *_of_payments(partial(at, OrderPaying)),
            *_of_slots(partial(at, SlotChoice)),
            CommandSpec(TellStatusPage, StatusPage(now.at, status_shown).tell, right=MANAGE, surfaces=MACHINE),
        ),
        events=events.EVENTS,
        projectors=(projector,),
        queries=(
            _cart_query(now.at),
            *_QUERIES,
            QuerySpec("order_slots", _slots_in(zone), right=BASKET, surfaces=EVERYBODY),
        ),
        watches=watches(zone, settings.place.country or region, settings.place.province, settings.language),
        mended_at="/manager/orders",
        parts=(*PARTS, _telling(settings, status_shown), _paying(settings)),
        on_restore=after_restore,
        requirements=(counter_free, own_order),
        before=before(now.today),
        after={
            **after(now.today),
            ForgetCustomer: after_forgetting_customer,
            MergeCustomers: partial(after_merging_customers, now.today),
        },
        personal_data_of=carts_of,
    )


_guest = partial(CommandSpec, right=BASKET, surfaces=CART)
_staff = partial(CommandSpec, right=ORDERS, surfaces=NAMED_TILL)
_either = partial(CommandSpec, right=ORDERS, own=BASKET, requires=(OWN_ORDER,), surfaces=CART)
"""A command that staff may use for any order, and customers for their own (`rules.CUSTOMER_MAY`)."""


def _at(
    method: Method, path: str, answer: Any = None, status: int = 200, shows: Callable[..., Any] | None = None
) -> tuple[HttpAddress, ...]:
    return (HttpAddress(method, path, answer=answer, shows=shows, status=status, statuses=(404, 409, 422)),)


def _step(method: Method, path: str, answer: Any = KeptOrder) -> tuple[HttpAddress, ...]:
    """The address of an action on one order."""
    return _at(method, f"orders/{{order}}/{path}", answer)


def _cart_query(settings: Callable[[Connection], TillSettings]) -> QuerySpec:
    def cart(db: Connection, id: str, at_us: Moment, today: IsoDate) -> CartView | None:
        """An open cart, or the list it became, at current prices. Reading changes nothing."""
        return looked_at(db, id, settings(db).on(today), at_us, today)

    at = HttpAddress("GET", "carts/{cart}", {"cart": "id"}, "cart", answer=CartView, missing="no_such_cart")
    return QuerySpec("cart", cart, right=BASKET, surfaces=EVERYBODY, http=(at,))


def _slots_in(zone: ZoneInfo) -> Callable[..., list[FreeSlot]]:
    def slots(db: Connection, at_us: Moment, postal_code: str = "") -> list[FreeSlot]:
        """Slots for an order placed now, or for a delivery to `postal_code`, the soonest first."""
        try:
            return slots_to(db, zone, at_us, postal_code)
        except Refusal:  # no delivery to this postal code
            return []

    return slots


def _of_carts(cart: Callable[..., Handler], moves: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (
        _guest(commands.OpenCart, cart(CartHandlers.open_cart), http=_at("POST", "carts", CartView, 201)),
        _guest(commands.AddToCart, cart(CartHandlers.add_to_cart), http=_at("POST", "carts/{cart}/lines", CartView)),
        _guest(commands.TakeCart, moves(CartMoves.take_cart)),
        _guest(commands.OrderAgain, moves(CartMoves.order_again)),
        _guest(
            commands.SetCartLine,
            cart(CartHandlers.set_cart_line),
            http=_at("PATCH", r"carts/{cart}/lines/{line:\d{1,9}}", CartView),
        ),
        _guest(commands.DropCartCoupon, cart(CartHandlers.drop_cart_coupon)),
        _guest(commands.TouchCart, cart(CartHandlers.touch_cart), local=True),
        _guest(commands.TakeWhatIs, cart(CartHandlers.take_what_is)),
        _guest(commands.LeaveCart, cart(CartHandlers.leave_cart), http=_at("DELETE", "carts/{cart}")),
        CommandSpec(commands.EndCarts, cart(CartHandlers.end_carts), right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.CartCounter, cart(CartHandlers.cart_counter), right=SELL, surfaces=TILL),
        _guest(commands.CallStaff, cart(CartHandlers.call_staff)),
        CommandSpec(commands.AnswerCall, cart(CartHandlers.answer_call), right=SELL, also=ORDERS, surfaces=NAMED_TILL),
    )


def _of_people(signing: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (
        _guest(commands.AskSignIn, signing(SigningIn.ask)),
        _guest(commands.SignIn, signing(SigningIn.sign_in)),
        _guest(ReviewOrdered, review_ordered),
        _guest(WithdrawOrdered, withdraw_ordered),
        CommandSpec(SignInCart, signing(SigningIn.sign_in_cart), right=BASKET, surfaces=INSIDE),
        _staff(commands.AttachOrder, signing(SigningIn.attach), also=SELL, ask_first=True),
    )


def _of_steps(order: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (
        _guest(commands.StopOrderNews, order(OrderHandlers.stop_order_news)),
        _staff(commands.MoveOrder, order(OrderHandlers.move_order), also=SELL, http=_step("PATCH", "status")),
        _either(commands.CancelOrder, order(OrderHandlers.cancel_order), ask_first=True, http=_step("POST", "cancel")),
        CommandSpec(
            commands.PrintOrder, order(OrderHandlers.print_order), right=SELL, also=ORDERS, surfaces=NAMED_TILL
        ),
        _staff(commands.PrintRun, order(OrderHandlers.print_run), also=DELIVER),
    )


def _of_handing_over(at: Callable[..., Handler], section: OrdersSection) -> tuple[CommandSpec, ...]:
    """Commands for handing over orders at a till or a door."""
    tries = CodeTries()
    taking_up, handing = partial(TakingUp, tries=tries), partial(HandingOver, tries=tries, section=section)
    return (
        CommandSpec(
            commands.HandOverOrder,
            at(handing, HandingOver.hand_over),
            right=SELL,
            also=DELIVER,
            surfaces=NAMED_TILL,
            http=_step("POST", "hand-over", HandedOver),
        ),
        CommandSpec(
            commands.TakeUpOrder,
            at(taking_up, TakingUp.take_up_order),
            right=SELL,
            local=True,
            requires=(SIGNED_IN,),
            surfaces=TILL,
        ),
    )


def _of_advances(at: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    """Commands of advances. Like sales, they require a shift and a signed-in user."""
    moves_money = partial(CommandSpec, requires=(SHIFT_OPEN, SIGNED_IN), surfaces=TILL)
    return (
        moves_money(TakeAdvance, at(lambda settings: settings, take_advance), right=SELL, local=True),
        moves_money(GiveBackAdvance, give_back_advance, right=OVERRIDE, also=REFUND, ask_first=True),
    )


def _of_payments(paying: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    """Commands of orders' card payments without a register."""
    return (
        _either(StopOrderPayment, paying(OrderPaying.stop)),
        CommandSpec(TakeHeld, paying(OrderPaying.take_held), right=SELL, also=ORDERS, surfaces=NAMED_TILL),
        _either(AskForPayment, paying(OrderPaying.ask), also=SELL),
        CommandSpec(
            ChargeStoredMethod, paying(OrderPaying.charge_stored), right=SELL, also=ORDERS, surfaces=NAMED_TILL
        ),
        CommandSpec(EndOrderPayments, paying(OrderPaying.end), right=SELL, surfaces=MACHINE),
        CommandSpec(BookOrderPayment, paying(OrderPaying.book), right=SELL, surfaces=MACHINE),
    )


def _of_edits(editing: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (
        _either(commands.ChangeOrder, editing(OrderEditing.change), ask_first=True, http=_step("PATCH", "lines")),
        _either(commands.AddToOrder, editing(OrderEditing.add), ask_first=True, http=_step("POST", "lines")),
        _either(
            commands.SetOrderAddress, editing(OrderEditing.set_address), ask_first=True, http=_step("PATCH", "address")
        ),
        _either(commands.SetOrderTip, editing(OrderEditing.set_tip)),
    )


def _of_substitutes(replacing: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (
        _staff(
            commands.ReplaceLine,
            replacing(LineReplacement.replace_line),
            ask_first=True,
            http=_step("POST", r"lines/{line:\d{1,9}}/replace"),
        ),
        _guest(commands.AnswerSubstitute, replacing(LineReplacement.answer)),
    )


def _telling(settings: TillSettings, status_shown: bool) -> PartSpec:
    def teller(context: PartContext) -> StatusPageTeller:
        return StatusPageTeller(context.shop, StatusPage(live(settings).at, status_shown))

    return PartSpec("status_page", teller)


def _paying(settings: TillSettings) -> PartSpec:
    def part(context: PartContext) -> OrderPaymentsPart:
        now, shop = live(settings).at, context.shop
        return OrderPaymentsPart(shop, lambda db: now(db).on(context.business_date(shop.now_us())))

    return PartSpec("order_payments", part)


def _of_slots(slots: Callable[..., Handler]) -> tuple[CommandSpec, ...]:
    return (_either(commands.SetOrderSlot, slots(SlotChoice.set_order_slot), also=SELL),)


_QUERIES = (
    QuerySpec("shop_orders", read_shop_orders, right=ORDERS, also=SELL, surfaces=STAFF),
    QuerySpec("owing_orders", owing_orders, right=ORDERS, also=SELL, surfaces=STAFF),
    QuerySpec(
        "shop_order",
        read_shop_order,
        right=ORDERS,
        also=SELL,
        surfaces=STAFF,
        http=(
            HttpAddress("GET", "orders/{order}", {"order": "id"}, "order", answer=KeptOrder, missing="no_such_order"),
        ),
    ),
    QuerySpec("order_goods", read_order_goods, right=ORDERS, also=SELL, surfaces=STAFF),
    QuerySpec("order_ticks", order_ticks, right=ORDERS, also=SELL, surfaces=STAFF),
    QuerySpec("order_steps", order_steps, right=ORDERS, also=SELL, surfaces=STAFF),
    QuerySpec("order_status", order_status, right=BASKET, surfaces=EVERYBODY),
    QuerySpec("order_stock_check", order_stock_check, right=MANAGE, surfaces=STAFF),
    QuerySpec("kiosk_calls", kiosk_calls, right=SELL, also=ORDERS, surfaces=STAFF),
    QuerySpec("customer_orders", read_customer_orders, right=CUSTOMERS_READ, surfaces=STAFF),
)
