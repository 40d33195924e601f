"""A day at the till, through the door: what is asked, printed, put back, and said when it is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.core.people.remarks import read_remark, with_open_remarks
from edge.counter.basket.basket import BASKET_BYTES, Basket
from edge.counter.basket.event_structs import GivenBack
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AnswerQuestion,
    OverridePrice,
    Pay,
    PrintReport,
    ReprintReceipt,
    SetQuantity,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import BasketAbandoned, ReceiptReprinted, SaleCompleted, SaleVoided
from edge.counter.till.queries import read_basket, read_receipt, read_receipts
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.printing.document import DrawerPulse
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import last_print_job, next_print_job
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.queries import read_stock
from tests.shop_fixture import (
    BEER,
    CASHIER,
    CONFIG,
    MANAGER,
    MILK,
    MYSTERY,
    SYSTEM,
    TOMATO,
    FakeClock,
    done,
    open_shop,
    run,
)

OTHER = anonymous_actor("2")


def at_the_till(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path) -> None:
    """A scenario in a stocked shop; behind it the ledger verifies."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock) as shop:
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def basket(shop: CommandBus, *commands: Command, actor: Actor = CASHIER) -> Basket:
    """The basket behind these commands, all of which are done."""
    for command in commands:
        shown = (await done(shop, command, actor)).result
    assert isinstance(shown, Basket)
    return shown


async def sold(shop: CommandBus, *codes: str, kind: str = "cash", actor: Actor = CASHIER) -> SaleCompleted:
    for code in codes:
        await done(shop, AddLine(code), actor)
    (sale,) = (await done(shop, Pay(kind), actor)).events  # type: ignore[arg-type]
    assert isinstance(sale, SaleCompleted)
    return sale


def paper(shop: CommandBus, register: str = "1") -> str:
    job = last_print_job(shop.reader, register)
    assert job is not None
    return plain_text(readable(shop.reader, job.document))


def waiting_kicks(shop: CommandBus) -> int:
    return int(shop.reader.execute("SELECT count(*) FROM print_job WHERE kind = 'drawer'").fetchone()[0])


def test_everything_the_till_asks_in_one_sale(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        shown = await basket(shop, AddLine(MILK), AddLine(BEER), AddLine(TOMATO), AddLine(MYSTERY), AddLine("0000"))
        assert [(question.kind, question.sku) for question in shown.questions] == [
            ("age", "beer"),
            ("measure", "tomato"),
            ("price", "mystery"),
            ("unknown", ""),
        ]
        assert await shop.do(Pay("cash"), CASHIER) == Refused("answer_first", {"waiting": 4})
        age, measure, price, unknown = (question.id for question in shown.questions)
        assert await shop.do(AnswerQuestion(unknown), CASHIER) == Refused("unknown_code", {"code": "0000"})
        shown = await basket(
            shop,
            AnswerQuestion(unknown, yes=False),
            AnswerQuestion(measure, quantity=1250),
            AnswerQuestion(price, price_minor=75),
            AnswerQuestion(age),
        )
        assert [(line.sku, line.amount_minor) for line in shown.lines] == [
            ("milk", 120),
            ("tomato", 499),
            ("mystery", 75),
            ("beer", 250),
        ]
        assert await shop.do(AnswerQuestion(age), CASHIER) == Refused("no_such_question", {"question": age})
        sale = await sold(shop)
        assert (sale.total_minor, sale.age_checked) == (944, 18)
        assert read_stock(shop.reader, "tomato") == -1250
        assert read_basket(shop.reader, "1").age_checked == 0  # the next customer is asked again

    at_the_till(scenario, tmp_path)


def test_a_customer_who_is_too_young_gets_no_beer(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        shown = await basket(shop, AddLine(MILK), AddLine(BEER))
        shown = await basket(shop, AnswerQuestion(shown.questions[0].id, yes=False))
        assert ([line.sku for line in shown.lines], shown.questions) == (["milk"], ())
        shown = await basket(shop, AddLine(BEER))
        assert [question.kind for question in shown.questions] == ["age"]

    at_the_till(scenario, tmp_path)


def test_what_is_refused_at_the_till(tmp_path: Path) -> None:
    async def before() -> None:
        """A tax class that the store has no more."""
        async with open_shop(tmp_path, text=CONFIG + '[[tax.class]]\nid = "luxury"\n') as shop:
            await done(shop, SetProducts((Product("fur", {"en": "Fur"}, (), 1, "luxury"),)), SYSTEM)

    run(before())

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        refusals: list[tuple[Command, str]] = [
            (AddLine(), "code_missing"),
            (AddLine("   "), "code_missing"),
            (AddLine(sku="nothing"), "unknown_sku"),
            (AddLine(sku="fur"), "no_tax_class"),
            (VoidLine(7), "no_such_line"),
            (SetQuantity(7), "no_such_line"),
            (AnswerQuestion(7), "no_such_question"),
            (Pay("cash"), "basket_empty"),
            (ReprintReceipt(7), "no_such_receipt"),
        ]
        for command, code in refusals:
            outcome = await shop.do(command, CASHIER)
            assert isinstance(outcome, Refused), command
            assert outcome.code == code
        assert read_basket(shop.reader, "1").empty
        for guarded in (OverridePrice(1, 5), VoidLastSale()):
            outcome = await shop.do(guarded, CASHIER)
            assert isinstance(outcome, Refused)
            assert outcome.code == "right_denied"
        assert await shop.do(VoidLastSale(), MANAGER) == Refused("no_sale_to_void")

    at_the_till(scenario, tmp_path)


def test_once_money_was_taken_the_basket_is_finished_or_cleared(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK), Pay("cash", 50))
        paying = Refused("already_paying", {"paid_minor": 50})
        for command in (AddLine(MILK), SetQuantity(1, 2000), VoidLine(1)):
            assert await shop.do(command, CASHIER) == paying
        assert await shop.do(OverridePrice(1, 10), MANAGER) == paying
        sale = await sold(shop, kind="card")
        assert [(tender.kind, tender.amount_minor) for tender in sale.tenders] == [("cash", 50), ("card", 70)]

    at_the_till(scenario, tmp_path)


def test_clearing_the_counter_gives_the_cash_back_and_is_written_down(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK), AddLine(sku="milk"), Pay("cash", 50))
        before = waiting_kicks(shop)
        cleared = await done(shop, AbandonBasket())
        (event,) = cleared.events
        assert isinstance(event, BasketAbandoned)
        assert (event.returned_minor, [line.quantity for line in event.lines]) == (50, [2000])
        assert waiting_kicks(shop) == before + 1
        assert read_basket(shop.reader, "1").empty
        assert (await done(shop, AbandonBasket())).events == ()  # an empty counter is no news
        assert read_stock(shop.reader, "milk") == 0

    at_the_till(scenario, tmp_path)


def test_the_drawer_opens_for_cash_alone(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold(shop, MILK, kind="card")
        assert waiting_kicks(shop) == 0
        await sold(shop, MILK, kind="cash")
        assert waiting_kicks(shop) == 1
        await done(shop, VoidLastSale(), MANAGER)
        assert waiting_kicks(shop) == 2
        kick = shop.reader.execute("SELECT id FROM print_job WHERE kind = 'drawer'").fetchone()
        assert kick is not None
        job = last_print_job(shop.reader, "1", "drawer")
        assert job is not None
        assert job.document.rows == (DrawerPulse(),)
        now = clock.read()
        assert not job.is_expired(now.mono_us, now.boot_id)
        clock.advance(3)
        assert job.is_expired(clock.read().mono_us, now.boot_id)
        assert job.is_expired(now.mono_us, b"another boot")

    at_the_till(scenario, tmp_path)


def test_two_registers_do_not_mix(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK))
        await basket(shop, AddLine(MILK), AddLine(MILK), actor=OTHER)
        assert (await sold(shop, actor=OTHER)).number == 1
        assert (await sold(shop)).number == 1
        assert (await sold(shop, MILK)).number == 2
        assert await shop.do(ReprintReceipt(2), OTHER) == Refused("no_such_receipt", {"number": "2-000002"})
        assert next_print_job(shop.reader, "2") is not None
        assert [receipt.number for receipt in read_receipts(shop.reader, "1")] == [2, 1]
        assert [receipt.number for receipt in read_receipts(shop.reader, "1", before=2)] == [1]

    at_the_till(scenario, tmp_path)


def test_undoing_the_last_sale(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        sale = await sold(shop, MILK, MILK)
        undone = await done(shop, VoidLastSale("wrong customer"), MANAGER)
        (fact,) = undone.events
        assert with_open_remarks(shop.reader, fact) == SaleVoided(
            2, 1, "EUR", sale.total_minor, "wrong customer", (GivenBack("cash", 240, of=1),)
        )
        assert read_stock(shop.reader, "milk") == 0
        receipt, void = read_receipt(shop.reader, "1", 1), read_receipt(shop.reader, "1", 2)
        assert receipt is not None
        assert void is not None
        assert (receipt.voided_by, void.kind, void.total_minor) == (2, "void", -240)
        printed = paper(shop)
        for expected in (
            "VOID",
            "Voids receipt 1-000001",
            "Refunded in cash",
            "wrong customer",
            "-2.40",
            "1-000002",
        ):
            assert expected in printed
        assert await shop.do(VoidLastSale(), MANAGER) == Refused("no_sale_to_void")
        assert (await sold(shop, MILK)).number == 3

    at_the_till(scenario, tmp_path)


def test_a_sale_is_undone_until_a_z_report_covers_it_whatever_the_day(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold(shop, MILK)
        clock.advance(86_400)
        refused = Refused("not_the_last_sale", {"number": "1-000001"})
        assert await shop.do(VoidLastSale(number=7), MANAGER) == refused
        await done(shop, VoidLastSale(number=1), MANAGER)
        await sold(shop, MILK)
        await done(shop, PrintReport("z"), MANAGER)
        assert await shop.do(VoidLastSale(), MANAGER) == Refused("sale_in_z", {"number": "1-000003"})
        await sold(shop, MILK)
        await done(shop, VoidLastSale(), MANAGER)

    at_the_till(scenario, tmp_path)


def test_a_sale_with_a_wrong_clock_counts_for_the_day_before(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold(shop, MILK)
        clock.at_us = 1_000_000
        await sold(shop, MILK)
        today, yesterday = read_receipts(shop.reader, "1")
        assert today.business_date == yesterday.business_date
        clocks = [row[0] for row in shop.reader.execute("SELECT DISTINCT clock FROM journal ORDER BY seq")]
        assert set(clocks) == {"ok", "suspect"}
        await done(shop, VoidLastSale(), MANAGER)

    at_the_till(scenario, tmp_path)


def test_a_receipt_is_printed_again_as_often_as_wanted_and_says_so(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await sold(shop, MILK)
        original = paper(shop)
        assert "COPY" not in original
        for copy in (1, 2, 3):
            reprinted = await done(shop, ReprintReceipt(1))
            assert reprinted.events == (ReceiptReprinted(1, copy),)
            assert [line.strip() for line in paper(shop).splitlines() if "COPY" in line] == [f"COPY {copy}"]
            assert [line for line in paper(shop).splitlines() if "COPY" not in line] == original.splitlines()
        await done(shop, VoidLastSale(), MANAGER)
        await done(shop, ReprintReceipt(2))
        assert "Voids receipt 1-000001", "Refunded in cash" in paper(shop)
        assert "COPY 1" in paper(shop)
        receipt = read_receipt(shop.reader, "1", 1)
        assert receipt is not None
        assert receipt.copies == 3

    at_the_till(scenario, tmp_path)


def test_an_override_stands_on_the_receipt_beside_the_price_it_replaced(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK), AddLine(sku="milk"), AddLine(TOMATO, quantity=500))
        await basket(shop, OverridePrice(1, 100, "dented"), actor=MANAGER)
        await basket(shop, VoidLine(2))
        sale = await sold(shop)
        assert [
            (line.price_minor, line.listed_minor, read_remark(shop.reader, line.reason), line.voided)
            for line in sale.lines
        ] == [
            (100, 120, "dented", False),
            (399, None, "", True),
        ]
        printed = paper(shop)
        assert "was 2.40" in printed
        assert "Tomatoes                            voided" in printed
        assert read_stock(shop.reader, "tomato") == 0

    at_the_till(scenario, tmp_path)


def test_a_price_that_is_set_to_what_it_is_stands_on_the_receipt_once(tmp_path: Path) -> None:
    """As the fee of a delivery, which the zone sets."""

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK))
        await basket(shop, OverridePrice(1, 120, "delivery"), actor=MANAGER)
        sale = await sold(shop)
        assert sale.lines[0].listed_minor == 120
        assert "was " not in paper(shop)

    at_the_till(scenario, tmp_path)


def test_a_basket_stays_small_enough_to_be_paid(tmp_path: Path) -> None:
    """Long names in twenty languages: the journal could not take the sale, so the line is refused before."""
    names = {f"x{number}": f"{number} " + "long name " * 29 for number in range(20)}
    many = tuple(Product(f"sku {number}", names, (), 100) for number in range(20))

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, SetProducts(many), SYSTEM)
        refused: Outcome | None = None
        for product in many:
            refused = await shop.do(AddLine(sku=product.sku), CASHIER)
            if isinstance(refused, Refused):
                break
        assert isinstance(refused, Refused)
        shown = read_basket(shop.reader, "1")
        assert refused == Refused("basket_full", {"limit": len(shown.lines)})
        assert len(msgspec.json.encode(shown)) <= BASKET_BYTES
        assert len(shown.lines) > 10
        assert isinstance(await shop.do(SetQuantity(1, 5000), CASHIER), Done)
        assert (await sold(shop)).number == 1

    at_the_till(scenario, tmp_path)


def test_a_basket_is_there_again_when_the_shop_opens(tmp_path: Path) -> None:
    async def before() -> None:
        async with open_shop(tmp_path) as shop:
            await basket(shop, AddLine(MILK), AddLine(BEER))
            await basket(shop, AddLine(MILK), Pay("cash", 50), actor=OTHER)

    async def after() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            shown = read_basket(shop.reader, "1")
            assert ([line.sku for line in shown.lines], [q.kind for q in shown.questions]) == (["milk"], ["age"])
            assert read_basket(shop.reader, "2").paid_minor == 50
            assert (await sold(shop, actor=OTHER)).total_minor == 120

    run(before())
    run(after())
