"""A whole basket in one command: what the same basket comes to line by line, or nothing at all."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import RightDenied, facts
from edge.core.messages import Actor, Done, Event, Refused
from edge.core.people.remarks import read_remark
from edge.core.writer import Request
from edge.counter.basket.basket import Basket
from edge.counter.kitchen.queries import read_order, sent_lines
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import (
    AddLine,
    AnswerQuestion,
    LineSold,
    OverridePrice,
    Pay,
    SellBasket,
    SendToKitchen,
    SkipNumbers,
    TenderGiven,
    UsePriceList,
)
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_basket, read_period
from edge.counter.till.sales import Sale
from edge.goods.catalog.commands import SetPrice, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion, SeveralFor, SpendAmount
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.events import StockMoved
from edge.lib.units.quantity import LIMIT
from edge.operations.ledger import Ledger
from tests.shop_fixture import (
    BAR,
    BEER,
    CASHIER,
    CONFIG,
    MANAGER,
    MILK,
    MYSTERY,
    PRODUCTS,
    SYSTEM,
    TOMATO,
    FakeClock,
    agreed,
    answered,
    config,
    done,
    open_shop,
    run,
)

PROMOTIONS = (
    Promotion("milks", {"en": "3 milks for 2.99"}, SeveralFor(3, 299), Goods(("milk",))),
    Promotion("third", {"en": "A third off"}, PercentOff(33_333), list="member"),
    Promotion("spend", {"en": "1 off 5"}, SpendAmount(500, 100), but=Goods(("beer",))),
)
COINS = CONFIG.replace('zone = "Europe/Paris"', 'zone = "Europe/Paris"\ncash_step_minor = 5')
OLD = f"]C1010{MILK}17250101"
"""Milk whose last day was the first of 2025."""
ONE = f"]C1010{MILK}21A7"
"""The one milk with this serial number."""
CARD, CASH = TenderGiven("card"), TenderGiven("cash")
WHOLE = (LineSold(MILK), LineSold(BEER), LineSold(TOMATO, quantity=750))
LINES = st.one_of(
    st.builds(LineSold, st.sampled_from([MILK, BEER]), quantity=st.sampled_from([None, 1000, 3000])),
    st.builds(LineSold, sku=st.just("milk"), quantity=st.sampled_from([None, 2000])),
    st.builds(LineSold, st.just(TOMATO), quantity=st.integers(1, 3000)),
    st.builds(LineSold, st.just(MYSTERY), price_minor=st.integers(1, 900)),
    st.builds(
        LineSold, st.just(TOMATO), quantity=st.just(500), price_minor=st.integers(0, 500), reason=st.just("ripe")
    ),
)
TENDERS = st.lists(
    st.builds(TenderGiven, st.sampled_from(["card", "cash"]), st.sampled_from([5, 100, 105, 1000])), max_size=2
).map(tuple)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=st.lists(LINES, min_size=1, max_size=6).map(tuple),
    tenders=TENDERS,
    last=st.sampled_from([CARD, CASH, TenderGiven("cash", 100_000)]),
    price_list=st.sampled_from(["store", "member"]),
)
def test_it_is_the_sale_that_a_cashier_makes_line_by_line(
    lines: tuple[LineSold, ...], tenders: tuple[TenderGiven, ...], last: TenderGiven, price_list: Any
) -> None:
    whole = SellBasket(lines, (*tenders, last), age_checked=18, price_list=price_list)

    async def scenario(folder: Path) -> None:
        async with open_shop(folder, FakeClock(), text=COINS) as shop:
            for promotion in PROMOTIONS:
                await done(shop, SetPromotion(promotion), SYSTEM)
            at_once = await answered(shop, whole, MANAGER)
            by_hand = await _line_by_line(shop, whole, msgspec.structs.replace(MANAGER, register="2"))
            assert isinstance(at_once, Done) == isinstance(by_hand, Done), (at_once, by_hand)
            if isinstance(at_once, Done) and isinstance(by_hand, Done):
                assert _comparable(shop, "1") == _comparable(shop, "2")
                assert _printed(shop, "1") == _printed(shop, "2")
                assert read_period(shop.reader, "1").day == read_period(shop.reader, "2").day
            else:
                assert _events(shop, "1") == []

    with tempfile.TemporaryDirectory(prefix="edge-whole-") as folder:
        run(scenario(Path(folder)))


def test_the_answer_is_what_the_receipt_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            outcome = await done(shop, SellBasket(WHOLE, (TenderGiven("cash", 1000),), age_checked=18))
            sale = outcome.result
            assert isinstance(sale, Sale)
            assert (sale.receipt, sale.total_minor, sale.change_minor) == ("1-000001", 669, 331)
            assert [(line.sku, line.paid_minor) for line in sale.lines] == [
                ("milk", 120),
                ("beer", 250),
                ("tomato", 299),
            ]
            assert sum(tax.tax_minor for tax in sale.taxes) + sale.net_minor == sale.total_minor
            assert _printed(shop) == ["drawer", "receipt"]

    run(scenario())


def test_what_is_remembered_of_products_ends_with_it(tmp_path: Path) -> None:
    """Sold again, a product has the price, age, stock and receipt number of that moment."""
    clock, hour_us = FakeClock(), 3_600_000_000

    async def scenario() -> None:
        async with open_shop(tmp_path, clock) as shop:

            async def sold(least: int = 18) -> tuple[int, str, Any]:
                outcome = await done(shop, SellBasket((LineSold(sku="milk"),), (CASH,), age_checked=least))
                assert isinstance(outcome.result, Sale)
                moved = next(event for event in outcome.events if isinstance(event, SaleCompleted))
                lot = shop.reader.execute("SELECT body FROM journal WHERE type = 'StockMoved' ORDER BY seq DESC")
                (move,) = msgspec.json.decode(lot.fetchone()[0], type=StockMoved).moves
                return moved.total_minor, outcome.result.receipt, move.lot

            assert await sold() == of_sale(120, 1)
            assert await sold() == of_sale(120, 2)
            now_us = clock.read().at_us
            await done(shop, SetPrice("milk", 99, from_us=now_us + hour_us, until_us=now_us + 2 * hour_us), SYSTEM)
            assert await sold() == of_sale(120, 3)
            clock.advance(3_600)
            assert await sold() == of_sale(99, 4), "it begins"
            clock.advance(3_600)
            assert await sold() == of_sale(120, 5), "it is over"
            assert await sold() == of_sale(120, 6)
            await done(shop, SkipNumbers(8, "restored"), msgspec.structs.replace(SYSTEM, register="1"))
            milk = msgspec.structs.replace(PRODUCTS[0], price_minor=130, min_age=16)
            await done(shop, SetProducts((milk, *PRODUCTS[1:])), SYSTEM)
            refused = await shop.do(SellBasket((LineSold(sku="milk"),), (CASH,)), CASHIER)
            assert isinstance(refused, Refused) and refused.code == "age_not_checked"
            assert await sold() == of_sale(130, 9)
            await done(shop, RecordMovement("milk", "in", units=5_000, lot="A7"), SYSTEM)
            assert await sold() == (130, "1-000010", "A7")

    run(scenario())


def of_sale(minor: int, number: int) -> tuple[int, str, str]:
    """A sale's total, its receipt's number, and no lot."""
    return minor, f"1-{number:06}", ""


def test_what_lies_on_the_counter_stays_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            before = (await done(shop, AddLine(BEER))).result
            await done(shop, SellBasket((LineSold(MILK),), (CARD,), print=False))
            assert read_basket(shop.reader, "1") == before
            assert (await done(shop, AnswerQuestion(before.questions[0].id))).result.lines
            assert _printed(shop) == [], "by card, and nobody wants the paper"

    run(scenario())


def test_three_pieces_on_a_label_of_weighed_goods_are_not_three_kilos(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            basket = (await done(shop, AddLine(f"]C1010{TOMATO}303"))).result
            assert [one.kind for one in basket.questions] == ["measure"]
            basket = (await done(shop, AddLine(f"]C1010{MILK}303"))).result
            assert [(line.sku, line.quantity) for line in basket.lines] == [("milk", 3_000)]

    run(scenario())


def test_an_order_that_the_kitchen_cooks_is_not_mistaken_for_what_is_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG + BAR) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, SendToKitchen("Table 5"))
            whole = SellBasket((LineSold(MILK),), (CARD,), note="Take away")
            assert await shop.do(whole, CASHIER) == Refused("order_open", {"number": 1})
            assert (read_order(shop.reader, "1").note, sent_lines(shop.reader, "1")) == ("Table 5", {1: 1000})
            await done(shop, Pay("card"))
            await done(shop, whole)
            assert read_order(shop.reader, "1").number == 2

    run(scenario())


REFUSED: dict[str, tuple[SellBasket, Actor, str]] = {
    "unknown code": (SellBasket((LineSold("7777777777772"),), (CARD,)), CASHIER, "unknown_code"),
    "unknown sku": (SellBasket((LineSold(sku="nothing"),), (CARD,)), CASHIER, "unknown_sku"),
    "no code": (SellBasket((LineSold(),), (CARD,)), CASHIER, "code_missing"),
    "no price": (SellBasket((LineSold(MYSTERY),), (CARD,)), CASHIER, "price_missing"),
    "no weight": (SellBasket((LineSold(TOMATO),), (CARD,)), CASHIER, "quantity_missing"),
    "half a piece": (SellBasket((LineSold(MILK, quantity=500),), (CARD,)), CASHIER, "whole_pieces_only"),
    "no age": (SellBasket((LineSold(BEER),), (CARD,)), CASHIER, "age_not_checked"),
    "too young": (SellBasket((LineSold(BEER),), (CARD,), age_checked=17), CASHIER, "age_not_checked"),
    "no right": (SellBasket((LineSold(MILK, price_minor=100),), (CARD,)), CASHIER, "right_denied"),
    "over the right": (
        SellBasket((LineSold(MILK, price_minor=100),), (CARD,)),
        msgspec.structs.replace(CASHIER.with_rights("discount"), limits=(("discount", 19),)),
        "amount_over_right",
    ),
    "far off": (SellBasket((LineSold(MILK, price_minor=1),), (CARD,)), MANAGER, "confirm_price"),
    "many": (SellBasket((LineSold(MILK, quantity=101_000),), (CARD,)), CASHIER, "confirm_quantity"),
    "too little": (SellBasket((LineSold(MILK),), (TenderGiven("cash", 100),)), CASHIER, "not_all_paid"),
    "too much by card": (SellBasket((LineSold(MILK),), (TenderGiven("card", 121),)), CASHIER, "card_too_much"),
    "paid twice": (SellBasket((LineSold(MILK),), (CARD, CARD)), CASHIER, "tender_not_due"),
    "nothing given": (SellBasket((LineSold(MILK),), (TenderGiven("cash", 0),)), CASHIER, "amount_missing"),
    "hardly meant": (SellBasket((LineSold(MILK),), (TenderGiven("cash", 60_000),)), CASHIER, "confirm_cash"),
    "a card's number": (
        SellBasket((LineSold(MILK),), (TenderGiven("card", reference="4111 1111 1111 1111"),)),
        CASHIER,
        "card_number",
    ),
    "the same thing twice": (SellBasket((LineSold(ONE), LineSold(ONE)), (CARD,)), CASHIER, "serial_twice"),
    "two of one": (SellBasket((LineSold(ONE, quantity=2000),), (CARD,)), CASHIER, "as_labelled"),
    "beyond counting": (
        SellBasket((LineSold(MILK, quantity=LIMIT, price_minor=1_000_000),), (CARD,)),
        MANAGER,
        "too_much",
    ),
    "a coupon": (SellBasket((LineSold("9912345678909"),), (CARD,)), CASHIER, "code_is_coupon"),
    "no such coin": (SellBasket((LineSold(MILK),), (TenderGiven("cash", 503),)), CASHIER, "no_such_coin"),
    "a code for a sum": (
        SellBasket((LineSold(MILK),), (TenderGiven("cash", 123_400),)),
        CASHIER,
        "amount_is_code",
    ),
    "past its last day": (SellBasket((LineSold(OLD),), (CARD,)), CASHIER, "confirm_expired"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_leaves_nothing_behind(tmp_path: Path, case: str) -> None:
    command, actor, code = REFUSED[case]

    async def scenario() -> None:
        async with open_shop(tmp_path, text=COINS) as shop:
            await done(shop, SetProducts((Product("short", {"en": "Short code"}, ("1234",), 100),)), SYSTEM)
            good = LineSold(MILK, quantity=2000)
            ask = shop.do if code.startswith("confirm_") else partial(answered, shop)
            first = await ask(command, actor)
            assert isinstance(first, Refused), first
            assert first.code == code
            if "line" in first.values:
                behind = msgspec.structs.replace(command, lines=(good, *command.lines))
                later = await ask(behind, actor)
                assert isinstance(later, Refused), later
                assert (later.code, later.values["line"]) == (code, int(first.values["line"]) + 1)
            assert _events(shop, "1") == []
            assert read_basket(shop.reader, "1") == Basket("1")
            assert _printed(shop) == []

    run(scenario())


def test_without_a_shift_nothing_is_sold_where_the_store_wants_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text="shifts.required = true\n" + CONFIG) as shop:
            whole = SellBasket((LineSold(MILK),), (CARD,))
            assert await shop.do(whole, CASHIER) == Refused("no_shift")
            await done(shop, OpenShift(0))
            await done(shop, whole)

    run(scenario())


def test_a_line_with_a_price_of_its_own_is_a_line_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            milk, dented = LineSold(MILK), LineSold(MILK, price_minor=60, reason="dented")
            whole = SellBasket((milk, milk, dented, milk), (CARD,))
            lines = (await done(shop, whole, MANAGER)).result.lines
            assert [(line.quantity, line.price_minor, line.reason) for line in lines] == [
                (2000, 120, ""),
                (1000, 60, "dented"),
                (1000, 120, ""),
            ]

    run(scenario())


def test_what_is_past_its_last_day_is_sold_where_someone_said_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            (line,) = (await agreed(shop, SellBasket((LineSold(OLD),), (CARD,)))).result.lines
            assert line.label.sold_expired

    run(scenario())


async def _line_by_line(shop: CommandBus, whole: SellBasket, actor: Actor) -> Done | Refused:
    """The same basket as a cashier makes it; the answer to the last payment."""
    await done(shop, UsePriceList(whole.price_list), actor)
    for line in whole.lines:
        await _put(shop, line, actor)
    answer: Any = None
    for tender in whole.tenders:
        answer = await answered(shop, Pay(tender.kind, tender.amount_minor, tender.reference), actor)
        if isinstance(answer, Refused):
            return answer
    assert isinstance(answer, Done), answer
    return answer if answer.events else Refused("not_all_paid")


async def _put(shop: CommandBus, line: LineSold, actor: Actor) -> None:
    basket = (await agreed(shop, AddLine(line.code, sku=line.sku, quantity=line.quantity), actor)).result
    while basket.questions:
        said = AnswerQuestion(basket.questions[0].id, price_minor=line.price_minor)
        basket = (await agreed(shop, said, actor)).result
    last = basket.lines[-1]
    if line.price_minor is not None and last.reason != "entered":
        await agreed(shop, OverridePrice(last.id, line.price_minor, line.reason), actor)


def _comparable(shop: CommandBus, register: str) -> list[Event]:
    """What it left, with its lines counted from 1: questions have numbers too. That a weight was typed by hand is said
    of a cashier's alone, and so are the steps in which a basket grew; a movement says of which register's receipt it
    was."""
    return [_bare(shop, event) for event in _events(shop, register)]


def _bare(shop: CommandBus, event: Event) -> Event:
    match event:
        case SaleCompleted(lines=lines):
            said = (read_remark(shop.reader, line.reason) for line in lines)
            counted = (
                msgspec.structs.replace(line, id=id, weighed=None, reason=reason)
                for id, (line, reason) in enumerate(zip(lines, said, strict=True), 1)
            )
            return msgspec.structs.replace(event, lines=tuple(counted), steps=())
        case StockMoved(document=document):
            return msgspec.structs.replace(event, document=document.partition("-")[2])
    return event


def _events(shop: CommandBus, register: str) -> list[Event]:
    found = [fact.event for fact in facts(shop.reader, shop.registry) if fact.register == register]
    return [event for event in found if not isinstance(event, RightDenied)]


def _printed(shop: CommandBus, register: str = "1") -> list[str]:
    rows = shop.reader.execute("SELECT kind FROM print_job WHERE register = ? ORDER BY id", (register,))
    return [kind for (kind,) in rows]


def test_its_children_are_not_looked_for_once_its_own_fact_is_new(tmp_path: Path) -> None:
    """A look at the journal and the archive for each of them was a tenth of what a sale by one request takes."""
    ledger = Ledger(config(tmp_path))
    asked: list[str] = []
    try:
        spec = ledger.registry.commands[SellBasket]
        stock = Request(ledger.registry.commands[SetProducts], SetProducts(PRODUCTS), SYSTEM, b"p" * 16, b"", True)
        whole = Request(spec, SellBasket((LineSold(MILK),), (CASH,)), CASHIER, b"i" * 16, b"h" * 32, False)
        ledger.writer.run([stock], lambda request, answer: None)
        ledger.db.set_trace_callback(asked.append)
        ((_, answer),) = ledger.writer.run([whole], lambda request, answer: None)
        assert isinstance(answer, Done), answer
        assert sum("FROM archived_command" in sql for sql in asked) == 1
        assert sum("INSERT INTO print_job" in sql for sql in asked) == 2
    finally:
        ledger.close()
