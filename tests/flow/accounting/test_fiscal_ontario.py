"""Ontario's monthly report out of a shop: cannabis alone, what came and went, and the month behind it."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files as resources
from pathlib import Path

import pytest

from edge.accounting.fiscal.authority_files import MadeFile, reproduction_params
from edge.accounting.fiscal.commands import StartRegime
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import fiscal_files
from edge.accounting.fiscal.watches import report_due
from edge.core.command_bus import CommandBus
from edge.core.messages import Refusal
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay, RefundedLine, RefundSale
from edge.counter.till.events import SaleCompleted
from edge.goods.catalog.categories import presets
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER as BY_MANAGER
from edge.goods.catalog.product import Product, Source, Value
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement
from edge.lib.fiscal.ontario.workbook import read_template, read_workbook
from tests.fiscal_shop import DAY_S, ONTARIO, authorities, made, of_type
from tests.flow.accounting.test_fiscal_files import signing
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run

GRAMS = {"dried equivalent": Value("3.5 g", 3500, 3500, "g")}
BUD, PAPER = "4012345678901", "4012345678918"


async def january(shop: CommandBus) -> None:
    """Ten received, three sold, one of them back, two thrown away, one not found; and rolling papers."""
    await done(shop, SetCategories(presets.load("cannabis"), Source(BY_MANAGER)), SYSTEM)
    await done(
        shop,
        SetProducts(
            (
                Product("bud", {"en": "Bud 3.5 g"}, (BUD,), 2500, category="cannabis-flower", attributes=GRAMS),
                Product("paper", {"en": "Papers"}, (PAPER,), 200),
            )
        ),
        SYSTEM,
    )
    await done(shop, StartRegime("ca-on"), SYSTEM)
    await done(shop, MoveStock("received", (Moved("bud", 10_000), Moved("paper", 50_000))), SYSTEM)
    for _ in range(3):
        await of_age(shop)
    await agreed(shop, AddLine(PAPER), CASHIER)
    await agreed(shop, Pay("card"), CASHIER)
    bud = next(line for line in of_type(shop, SaleCompleted)[-1].lines if line.sku == "bud")
    await agreed(shop, RefundSale(1, lines=(RefundedLine(bud.id, 1000),)), MANAGER)
    await agreed(shop, RecordMovement("bud", "waste", units=2_000, cause="breakage"), SYSTEM)
    await done(shop, MoveStock("lost", (Moved("bud", -1_000),)), SYSTEM)


async def of_age(shop: CommandBus) -> None:
    """One more, to someone who is old enough."""
    added = await agreed(shop, AddLine(BUD), CASHIER)
    for question in added.result.questions:
        await agreed(shop, AnswerQuestion(question.id), CASHIER)


def sheets(file: MadeFile) -> dict[str, list[dict[str, str]]]:
    return read_workbook(file.data)


def test_a_month_is_what_the_stock_says_and_the_next_one_opens_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # 2027-01-15
        async with open_shop(tmp_path, clock, text=ONTARIO) as shop:
            await january(shop)
            files = authorities(shop, config(tmp_path, ONTARIO), signing(tmp_path))
            with pytest.raises(Refusal, match="fiscal_range"):
                files.plan_file(shop.reader, "ca-on", "2027-01-01", "2027-01-31", "", shop.now_us(), "2027-01-31")
            assert not list(report_due(shop.reader, 0, "2027-02-02"))
            assert [one.subject for one in report_due(shop.reader, 0, "2027-02-03")] == ["2027-01"]
            clock.advance(30 * DAY_S)
            await of_age(shop)
            await agreed(shop, Pay("card"), CASHIER)
            file = await made(shop, files, "ca-on", "2027-01-01", "2027-01-31", "2027-02-14")
            (bud,) = sheets(file)["Federal"]
            assert (bud["SKU"], bud["UPC"]) == ("bud", BUD), "accessories are not in it"
            assert [bud[name] for name in ("Opening inventory", "Received from wholesaler", "Sold")] == ["0", "10", "3"]
            assert bud["Returned by customers"] == "1"
            assert (bud["Destroyed"], bud["Lost, stolen or counted down"], bud["Closing inventory"]) == ("2", "1", "5")
            (sold,) = sheets(file)["Monthly sales"]
            assert Decimal(sold["Net sales before tax (CAD)"]) == Decimal("41.67") or sold["Net units"] == "2"
            assert [row["Reason"] for row in sheets(file)["Destructions"]] == ["waste breakage"]
            assert [row["Units"] for row in sheets(file)["Inventory adjustments"]] == ["-1"]
            assert not list(report_due(shop.reader, 0, "2027-02-14")), "it was made"
            clock.advance(20 * DAY_S)
            next_one = await made(shop, files, "ca-on", "2027-02-01", "2027-02-28", "2027-03-06")
            (bud,) = sheets(next_one)["Federal"]
            assert (bud["Opening inventory"], bud["Sold"], bud["Closing inventory"]) == ("5", "1", "4")
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[1]))
            assert again.data == file.data
            assert [(one.regime, one.fault) for one in check_laws(shop.reader, files, "2027-03-06")] == [("ca-on", "")]
            with pytest.raises(Refusal, match="fiscal_month"):
                files.plan_file(shop.reader, "ca-on", "2027-02-01", "2027-02-20", "", shop.now_us(), "2027-03-06")

    run(scenario())


def test_the_authoritys_template_goes_with_the_file_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, path = FakeClock(), tmp_path / "template.toml"
        ours = resources("edge.lib.fiscal.ontario").joinpath("template.toml").read_text()
        path.write_text(ours.replace('"Sold"', '"Units out"'))
        text = ONTARIO + f'[fiscal.ca-on]\ntemplate = "{path}"\n'
        async with open_shop(tmp_path, clock, text=text) as shop:
            await january(shop)
            clock.advance(30 * DAY_S)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            file = await made(shop, files, "ca-on", "2027-01-01", "2027-01-31", "2027-02-14")
            assert sheets(file)["Federal"][0]["Units out"] == "3"
            path.write_text(ours.replace('["SKU", "sku"]', '["Lot", "lot"]'))
            again = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
            assert again.data == file.data, "the template that it was made with is in its event"
            with pytest.raises(Refusal) as refused:
                await made(shop, files, "ca-on", "2027-01-01", "2027-01-31", "2027-02-14")
            assert "Lot" in str(refused.value.refused.values["place"])
            assert read_template() == read_template(ours.encode())

    run(scenario())
