"""What the catalogue knows of a product, at the till: cases, bundles, deposits, prices of the moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import (
    AddLine,
    AnswerQuestion,
    OverridePrice,
    Pay,
    RefundedLine,
    RefundSale,
    SetQuantity,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.foundation.printing.queries import last_print_job
from edge.foundation.printing.templates import render_template
from edge.goods.catalog.commands import ChangePrice, RestoreProducts, RetireProducts, SetPrice, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product
from edge.goods.stock.queries import read_stock
from tests.importing import ean
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, open_shop, run

COLA, CASE, CRATE, SET = ean(1), ean(2), ean(3), ean(4)
GOODS = (
    Product(
        "cola",
        {"en": "Cola"},
        (COLA,),
        150,
        deposit_minor=25,
        packs=(Pack(CASE, 24, 3000, "case"), Pack(CRATE, 6)),
    ),
    Product("tea", {"en": "Tea"}, (ean(5),), 400),
    Product("gift", {"en": "Gift set"}, (SET,), 900, parts=(BundlePart("cola", 2000), BundlePart("tea", 1000))),
)


def at_the_till(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario in a shop with these goods; behind it the ledger verifies."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, text=text) as shop:
            await do(shop, SetProducts(GOODS))
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


async def do(shop: CommandBus, command: Command) -> Any:
    done = await shop.do(command, SYSTEM)
    assert isinstance(done, Done), done
    return done.result


async def basket(shop: CommandBus, *commands: Command, actor: Any = CASHIER) -> Basket:
    for command in commands:
        done = await shop.do(command, actor)
        assert isinstance(done, Done), done
    assert isinstance(done.result, Basket)
    return done.result


async def sold(shop: CommandBus, *commands: Command) -> SaleCompleted:
    await basket(shop, *commands)
    paid = await shop.do(Pay("cash"), CASHIER)
    assert isinstance(paid, Done)
    sale = next(event for event in paid.events if isinstance(event, SaleCompleted))
    assert sale.net_minor + sum(row.tax_minor for row in sale.taxes) == sale.total_minor
    return sale


def on_paper(shop: CommandBus) -> list[str]:
    job = last_print_job(shop.reader, "1")
    assert job is not None
    (form,) = job.document.rows
    return [str(row) for row in render_template(form, "en", "")]  # type: ignore[arg-type]


def test_a_case_sells_what_is_in_it_at_its_own_price(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        shown = await basket(shop, AddLine(COLA), AddLine(COLA), AddLine(CASE), AddLine(CASE), AddLine(CRATE))
        assert [(line.names["en"], line.quantity, line.price_minor) for line in shown.lines] == [
            ("Cola", 2000, 150),
            ("Cola, case", 2000, 3000),
            ("Cola × 6", 1000, 900),
        ]
        sale = await sold(shop, SetQuantity(2, 3000))
        assert sale.deposit_minor == 25 * (2 + 3 * 24 + 6)
        assert sale.total_minor == 2 * 150 + 3 * 3000 + 900 + sale.deposit_minor
        assert read_stock(shop.reader, "cola") == -1000 * (2 + 3 * 24 + 6)

    at_the_till(scenario, tmp_path)


def test_a_case_whose_price_no_one_knows_is_asked_about_as_a_case(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, SetProducts((Product("nuts", {"en": "Nuts"}, (), packs=(Pack(ean(9), 10),)),)))
        asked = await basket(shop, AddLine(ean(9)))
        shown = await basket(shop, AnswerQuestion(asked.questions[0].id, price_minor=700))
        assert [(line.names["en"], line.units, line.amount_minor) for line in shown.lines] == [("Nuts × 10", 10, 700)]

    at_the_till(scenario, tmp_path)


def test_a_bundle_is_one_price_and_its_parts_leave_the_stock_and_come_back(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        sale = await sold(shop, AddLine(SET), AddLine(SET), AddLine(COLA))
        assert sale.total_minor == 2 * 900 + 150 + 25
        stock = {sku: read_stock(shop.reader, sku) for sku in ("gift", "cola", "tea")}
        assert stock == {"gift": 0, "cola": -5000, "tea": -2000}
        await do(
            shop, SetProducts((Product("gift", {"en": "Gift set"}, (SET,), 900, parts=(BundlePart("tea", 1000),)),))
        )
        refunded = await shop.do(RefundSale(sale.number, lines=(RefundedLine(1, 1000),)), MANAGER)
        assert isinstance(refunded, Done), refunded
        assert (read_stock(shop.reader, "cola"), read_stock(shop.reader, "tea")) == (-3000, -1000), "as it was sold"

    at_the_till(scenario, tmp_path)


def test_a_deposit_is_untaxed_on_the_receipt_and_comes_back_with_the_goods(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        sale = await sold(shop, AddLine(COLA, quantity=4000))
        (tax,) = sale.taxes
        assert (sale.total_minor, sale.deposit_minor, tax.tax_minor) == (700, 100, 100), "20% in 6.00, none in 1.00"
        assert any("Deposit" in row and "1.00" in row for row in on_paper(shop))
        refunded = await shop.do(RefundSale(sale.number, lines=(RefundedLine(1, 1000),)), MANAGER)
        assert isinstance(refunded, Done)
        back = next(event for event in refunded.events if isinstance(event, SaleRefunded))
        assert (back.total_minor, back.deposit_minor, back.lines[0].amount_minor) == (175, 25, 150)
        assert any("Deposit" in row and "-0.25" in row for row in on_paper(shop))
        rest = await shop.do(RefundSale(sale.number), MANAGER)
        assert isinstance(rest, Done)
        last = next(event for event in rest.events if isinstance(event, SaleRefunded))
        assert (last.total_minor, last.deposit_minor) == (525, 75)

    at_the_till(scenario, tmp_path)


def test_a_void_gives_the_deposit_back_and_an_override_leaves_it(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(CASE))
        await basket(shop, OverridePrice(1, 2000, "dented"), actor=MANAGER)
        sale = await sold(shop, AddLine(COLA))
        assert sale.total_minor == 2000 + 24 * 25 + 150 + 25
        voided = await shop.do(VoidLastSale("wrong"), MANAGER)
        assert isinstance(voided, Done)
        assert read_stock(shop.reader, "cola") == 0
        assert any("Deposit" in row and "-6.00" in row for row in on_paper(shop))

    at_the_till(scenario, tmp_path)


def test_the_price_of_the_moment_holds_and_a_line_keeps_its_own(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        now = clock.at_us
        hour = 3_600_000_000
        await do(shop, SetPrice("tea", 350, from_us=now + hour, until_us=now + 2 * hour))
        await do(shop, SetPrice("tea", 420, from_us=now + 3 * hour))
        await basket(shop, AddLine(sku="tea"))
        for _ in range(3):
            clock.advance(3600)
            shown = await basket(shop, AddLine(ean(5)))
        assert [(line.price_minor, line.quantity) for line in shown.lines] == [
            (400, 1000),
            (350, 1000),
            (400, 1000),
            (420, 1000),
        ]

    at_the_till(scenario, tmp_path)


def test_what_was_given_up_is_refused_or_sold_off(tmp_path: Path) -> None:
    async def refuses(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, RetireProducts(("cola",)))
        for command in (AddLine(COLA), AddLine(CASE), AddLine(sku="cola")):
            outcome = await shop.do(command, CASHIER)
            assert isinstance(outcome, Refused)
            assert outcome.code == "retired"
        await do(shop, RestoreProducts(("cola",)))
        await basket(shop, AddLine(COLA))

    async def sells(shop: CommandBus, clock: FakeClock) -> None:
        await do(shop, RetireProducts(("cola",)))
        assert len((await basket(shop, AddLine(COLA))).lines) == 1

    at_the_till(refuses, tmp_path / "one")
    at_the_till(sells, tmp_path / "two", CONFIG + '[catalog]\nretired = "sell"\n')


def test_a_price_that_changes_in_between_counts_for_what_is_scanned_after(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await basket(shop, AddLine(MILK))
        await shop.do(ChangePrice("milk", 130), SYSTEM)
        shown = await basket(shop, AddLine(MILK))
        assert [line.price_minor for line in shown.lines] == [120, 130]

    at_the_till(scenario, tmp_path)
