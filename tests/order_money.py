"""Random histories of the money of orders: paid ahead, tipped, in parts, changed, cancelled, refunded, voided, at two
registers and at doors; and what has to be so behind each step.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Refused
from edge.counter.shifts.commands import OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    AddReturn,
    AddTip,
    AnswerQuestion,
    CorrectTender,
    Pay,
    RefundedLine,
    RefundSale,
    TenderGiven,
    VoidLastSale,
)
from edge.counter.till.queries import read_basket, read_period, read_receipts
from edge.counter.till.rules import day_totals
from edge.foundation.access.rights import anonymous_actor
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.delivery.commands import HandInCash, SetZone
from edge.ordering.delivery.queries import read_driver_cash
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetOrderTip,
    TakeUpOrder,
)
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from edge.ordering.orders.queries import owing_orders, read_shop_orders
from edge.people.coupons.commands import MakeCoupons
from edge.people.coupons.queries import read_series, unused_codes
from tests.counter_shop import books_of
from tests.shop_fixture import MILK, SYSTEM, FakeClock

REGISTERS = ("1", "2")
SKUS = ("milk", "milk", "beer", "cola", "cheap")
CARD_CODE = "3K8N-2Q7P-5W9X-4T6R"
FLOAT_MINOR = 50_000
TO: dict[str, Any] = {
    "fulfilment": "delivery",
    "name": "Dana",
    "phone": "0123456789",
    "address": "1 rue Haute",
    "postal_code": "75011",
}
MORE = (
    Product("cola", {"en": "Cola"}, (), 99, "standard", deposit_minor=25),
    Product("cheap", {"en": "Sweet"}, (), 7, "reduced"),
)


def staff(register: str) -> Actor:
    """Whoever may do all of it there."""
    return anonymous_actor(register).with_rights("orders", "override", "refund_cash", "sell", "deliver", "void")


class History:
    """A shop in which things happen to orders; `refused` counts why some did not, `done` what did."""

    def __init__(self, shop: CommandBus, clock: FakeClock, choice: random.Random) -> None:
        self._shop = shop
        self._clock = clock
        self._choice = choice
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    async def begin(self) -> None:
        """Drawers with a float, a zone of delivery, a gift card with money on it, and coupons."""
        await self._do(SetProducts(MORE), SYSTEM)
        await self._do(SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
        await self._do(MakeCoupons("Some", date(2027, 1, 1), date(2027, 2, 28), 20, 15_000), SYSTEM)
        for register in REGISTERS:
            await self._do(OpenShift(FLOAT_MINOR), staff(register))
        await self._do(AddLoad(CARD_CODE, 20_000), staff("1"))
        await self._do(Pay("cash"), staff("1"))

    async def step(self) -> None:
        """Something."""
        register = self._choice.choice(REGISTERS)
        by, basket = staff(register), read_basket(self._shop.reader, register)
        self._clock.advance(5)
        if not basket.empty and self._choice.random() < 0.7:
            await self._at_counter(by, basket)
            return
        orders = read_shop_orders(self._shop.reader)
        order = self._choice.choice(orders) if orders else None
        if order is None or self._choice.random() < 0.15:
            await self._place()
            return
        command = self._choice.choice(
            (self._ahead, self._take_up, self._whole, self._part, self._edit, self._end, self._move, self._paper)
        )
        await command(by, order)

    async def settle(self) -> None:
        """All that is open ends, and all that is owed is given back."""
        for register in REGISTERS:
            await self._do(AbandonBasket(), staff(register))
        for order in read_shop_orders(self._shop.reader):
            if order.state == "out_for_delivery":
                assert await self._do(MoveOrder(order.id, "failed", "nobody"), staff("1"))
            assert await self._do(CancelOrder(order.id, "over"), staff("1")), self.refused
        for order in owing_orders(self._shop.reader):
            assert await self._do(GiveBackAdvance(order.id), staff("1")), self.refused

    async def _place(self) -> None:
        cart: Any = await self._do(OpenCart(self._choice.choice(("kiosk", "phone"))), anonymous_actor("2", "kiosk"))
        for _ in range(self._choice.randint(1, 5)):
            cart = await self._do(
                AddToCart(cart.id, sku=self._choice.choice(SKUS), age_said=18, quantity=self._some(1, 4) * 1000),
                anonymous_actor("2", "kiosk"),
            )
        if self._choice.random() < 0.3:
            codes = unused_codes(self._shop.reader, read_series(self._shop.reader)[0], "EUR")
            code = self._choice.choice(codes).text
            cart = await self._do(AddToCart(cart.id, code=code), anonymous_actor("2", "kiosk")) or cart
        said = TO if self._choice.random() < 0.5 else {}
        place = PlaceOrder(cart.id, 0, tip_minor=self._choice.choice((0, 0, 100, 333)), **said)
        outcome = await self._shop.do(place, anonymous_actor("2", "kiosk"))
        assert isinstance(outcome, Refused) and outcome.code == "price_changed", outcome
        is_minor = int(outcome.values["is_minor"])
        await self._do(
            PlaceOrder(place.cart, is_minor, tip_minor=place.tip_minor, **said), anonymous_actor("2", "kiosk")
        )

    async def _at_counter(self, by: Actor, basket: Any) -> None:
        if self._choice.random() < 0.1:
            await self._do(AbandonBasket(), by)
        for question in basket.questions:
            await self._do(AnswerQuestion(question.id, True), by)
        if self._choice.random() < 0.3:
            tip = AddTip(share=10_000) if self._choice.random() < 0.5 else AddTip(amount_minor=self._some(0, 500))
            await self._do(tip, by)
        if self._choice.random() < 0.4:
            await self._do(Pay(self._choice.choice(("cash", "card")), self._some(1, 80) * 5), by)
        await self._do(self._pay(), by)

    def _pay(self) -> Pay:
        kind = self._choice.choice(("cash", "card", "gift"))
        return Pay(kind, self._choice.choice((None, 10_000)) if kind == "cash" else None, CARD_CODE)

    async def _ahead(self, by: Actor, order: KeptOrder) -> None:
        minor = self._choice.choice((None, self._some(1, max(1, order.due_minor))))
        if await self._do(TakeAdvance(order.id, minor), by):
            await self._at_counter(by, read_basket(self._shop.reader, by.register))

    async def _take_up(self, by: Actor, order: KeptOrder) -> None:
        if await self._do(TakeUpOrder(order=order.id), by):
            await self._at_counter(by, read_basket(self._shop.reader, by.register))

    async def _whole(self, by: Actor, order: KeptOrder) -> None:
        if self._choice.random() < 0.5 and order.fulfilment == "delivery":
            for state in ("accepted", "preparing", "ready", "out_for_delivery"):
                await self._do(MoveOrder(order.id, state, driver="u1"), by)
        await self._hand_over(by, order, ())

    async def _part(self, by: Actor, order: KeptOrder) -> None:
        goods = [line for line in order.goods.sold_lines if line.sku and line.sku != "mystery"]
        if not goods:
            return
        line = self._choice.choice(goods)
        await self._hand_over(by, order, (LineWanted(line.id, self._some(1, line.quantity // 1000) * 1000),))

    async def _hand_over(self, by: Actor, order: KeptOrder, lines: tuple[LineWanted, ...]) -> None:
        kinds = self._choice.choice((("cash",), ("card",), ("gift",), ("card", "cash"), ("gift", "cash")))
        tenders = tuple(
            TenderGiven(kind, 50 if (kind, len(kinds)) == ("card", 2) else None, CARD_CODE) for kind in kinds
        )
        tip = self._choice.choice((None, None, 0, 250, 300))
        failed = self._choice.random() < 0.1
        hand = HandOverOrder(order.id, tenders, lines=lines, tip_minor=tip, id_checked=not failed, id_failed=failed)
        outcome = await self._shop.do(hand, by)
        if isinstance(outcome, Refused) and outcome.code == "price_changed":
            hand = HandOverOrder(
                order.id,
                tenders,
                lines=lines,
                tip_minor=tip,
                id_checked=not failed,
                id_failed=failed,
                accepted_total_minor=int(outcome.values["is_minor"]),
            )
            outcome = await self._shop.do(hand, by)
        if isinstance(outcome, Refused) and outcome.code in ("tender_not_due", "not_all_paid"):
            again = tenders[:1] if outcome.code == "tender_not_due" and len(tenders) > 1 else ()
            outcome = await self._shop.do(
                HandOverOrder(
                    order.id,
                    again,
                    lines=lines,
                    tip_minor=tip,
                    id_checked=not failed,
                    id_failed=failed,
                    accepted_total_minor=hand.accepted_total_minor,
                ),
                by,
            )
        self._note(hand, outcome)

    async def _edit(self, by: Actor, order: KeptOrder) -> None:
        roll = self._choice.random()
        if roll < 0.3:
            await self._do(SetOrderTip(order.secret, self._some(0, 400)), anonymous_actor("2", "kiosk"))
        elif roll < 0.7:
            line = self._choice.choice(order.goods.lines)
            await self._do(ChangeOrder(order.id, (LineWanted(line.id, self._some(0, 3) * 1000),)), by)
        else:
            outcome = await self._shop.do(AddToOrder(order.id, sku="cola"), by)
            if isinstance(outcome, Refused) and outcome.code == "price_changed":
                is_minor = int(outcome.values["is_minor"])
                await self._do(AddToOrder(order.id, sku="cola", accepted_total_minor=is_minor), by)

    async def _end(self, by: Actor, order: KeptOrder) -> None:
        if self._choice.random() < 0.4:
            await self._do(CancelOrder(order.id, "no"), by)
        elif owing := owing_orders(self._shop.reader):
            one = self._choice.choice(owing)
            minor = self._choice.choice((None, self._some(1, one.advance_minor)))
            await self._do(GiveBackAdvance(one.id, minor, **self._back()), by)
        elif order.advance_minor and self._choice.random() < 0.5:
            await self._do(GiveBackAdvance(order.id, self._some(1, order.advance_minor), **self._back()), by)

    def _back(self) -> dict[str, Any]:
        kind = self._choice.choice((None, None, "cash", "credit", "card"))
        return {"kind": kind, "reason": "asked"} if kind else {}

    async def _move(self, by: Actor, order: KeptOrder) -> None:
        await self._do(MoveOrder(order.id, self._choice.choice(("accepted", "preparing", "ready"))), by)
        for owed in read_driver_cash(self._shop.reader)[:1]:
            if self._choice.random() < 0.3:
                await self._do(HandInCash(owed.driver, owed.owed_minor), by)

    async def _paper(self, by: Actor, order: KeptOrder) -> None:
        receipts = [one for one in read_receipts(self._shop.reader, by.register) if one.kind == "sale"]
        if not receipts:
            return
        one, roll = self._choice.choice(receipts), self._choice.random()
        if roll < 0.35:
            await self._do(VoidLastSale(), by)
        elif roll < 0.45:
            await self._do(AddReturn(one.number, one.register, (RefundedLine(1),)), by)
            await self._do(AddLine(MILK), by)
            await self._at_counter(by, read_basket(self._shop.reader, by.register))
        elif roll < 0.55:
            await self._do(CorrectTender(one.number, self._choice.choice(("cash", "card"))), by)
        else:
            lines = (RefundedLine(self._some(1, 4), self._choice.choice((None, 1000))),) if roll < 0.8 else ()
            await self._do(RefundSale(one.number, one.register, lines, **self._back()), by)

    def _some(self, least: int, most: int) -> int:
        return self._choice.randint(least, max(least, most))

    async def _do(self, command: Command, by: Actor) -> Any:
        return self._note(command, await self._shop.do(command, by))

    def _note(self, command: Command, outcome: Any) -> Any:
        name = type(command).__name__
        if isinstance(outcome, Done):
            self.done[name] += 1
            return outcome.result if outcome.result is not None else True
        assert isinstance(outcome, Refused), (command, outcome)
        self.refused[f"{name} {outcome.code}"] += 1
        return None


def faults(shop: CommandBus) -> Iterator[str]:
    """What of the money does not add up, as sentences."""
    books = books_of(shop)
    rows = shop.reader.execute("SELECT id, advance_minor, total_minor, open FROM shop_order").fetchall()
    if any(minor < 0 for _, minor, *_ in rows):
        yield f"an advance is below nothing: {rows}"
    ahead = sum(minor for _, minor, *_ in rows)
    if ahead != -books.get(("liabilities", "advances on orders"), 0):
        yield f"orders have {ahead} paid ahead, the books {books}"
    taken = Counter[str]()
    for order, minor, back in shop.reader.execute("SELECT order_id, minor, back_minor FROM order_advance"):
        if not 0 <= back <= minor:
            yield f"{back} went back of {minor} of {order}"
        taken[order] += minor - back
    short = {id: (minor, taken[id]) for id, minor, *_ in rows if minor > taken[id]}
    if short:
        yield f"more is owed than was taken: {short}"
    (on_cards,) = shop.reader.execute("SELECT coalesce(sum(balance_minor), 0) FROM gift_card").fetchone()
    if on_cards != -books.get(("liabilities", "gift cards"), 0):
        yield f"cards hold {on_cards}, the books {books.get(('liabilities', 'gift cards'))}"
    owed = sum(one.owed_minor for one in read_driver_cash(shop.reader))
    if owed != books.get(("assets", "cash with drivers"), 0):
        yield f"drivers owe {owed}, the books say {books.get(('assets', 'cash with drivers'))}"
    tips = 0
    for register in REGISTERS:
        drawer = read_drawer(shop.reader, register)
        sums = day_totals.sums(read_period(shop.reader, register).day)
        if sum(one.minor for one in sums.tenders.values()) != sums.total_minor:
            yield f"register {register} took {sums.tenders} and sold for {sums.total_minor}"
        if sum(sums.tips.values()) != sums.apart.get("tip", 0):
            yield f"tips of {sums.apart.get('tip', 0)} came as {sums.tips}"
        tips += sums.apart.get("tip", 0) - (drawer.moved["driver_tip"].minor if "driver_tip" in drawer.moved else 0)
        if drawer.expected_minor != books.get(("assets", "cash", register), 0):
            yield f"drawer {register}: {drawer.expected_minor}, the books {books.get(('assets', 'cash', register))}"
    if tips != -books.get(("liabilities", "tips"), 0):
        yield f"tips not paid out are {tips}, the books {books.get(('liabilities', 'tips'))}"
