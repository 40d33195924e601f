"""Scans at a shop's till: what becomes a line, a question or a refusal, and what the journal records."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.messages import Done, Refused
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import ScannedData
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay
from edge.counter.till.events import SaleCompleted
from edge.counter.till.from_config import till_settings
from edge.foundation.printing.document import Document, Pair, TemplateBlock
from edge.foundation.printing.templates import render_template
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.codes.gtin import check_digit
from edge.lib.units.quantity import ONE
from edge.web.live.localizer import Localizer
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, config, open_shop, run

GTIN = MILK.zfill(14)
FRENCH = f'{CONFIG}\n[codes]\ncountry = "fr"\n'


def checked(digits: str) -> str:
    return digits + str(check_digit(digits))


def product(sku: str, *codes: str, unit: str = "kg", price_minor: int | None = 1990) -> Product:
    return Product(sku, {"en": sku.title()}, codes, price_minor, "reduced", unit)  # type: ignore[arg-type]


def at_the_till(folder: Path, *scans: AddLine | AnswerQuestion, text: str = FRENCH) -> tuple[Any, Basket]:
    """Execute these commands; returns the last outcome and the basket."""

    async def scenario() -> tuple[Any, Basket]:
        async with open_shop(folder, text=text) as shop:
            shelf = (
                product("cheese", checked("211234500000"), "12345"),
                product("ham", "54321"),
                product("olives", "771"),
                product("tart", checked("231111100000"), unit="piece", price_minor=None),
            )
            assert isinstance(await shop.do(SetProducts(shelf), SYSTEM), Done)
            outcome: Any = None
            for scan in scans:
                outcome = await shop.do(scan, CASHIER)
            basket = await shop.do(AddLine("nothing"), CASHIER)
            assert isinstance(basket, Done)
            left = basket.result
            return outcome, left.without_question(left.questions[-1].id)

    outcome, basket = run(scenario())
    return outcome, basket


@pytest.mark.parametrize(
    ("scan", "sku", "quantity", "amount_minor"),
    [
        (checked("211234500384"), "cheese", 384, 764),
        (checked("231234500765"), "cheese", 384, 765),
        (checked("215432100500"), "ham", 500, 995),
        (checked("210077100250"), "olives", 250, 498),
        (checked("231111100299"), "tart", ONE, 299),
        (f"]C101{GTIN}10L7\x1d17270131", "milk", ONE, 120),
        (f"https://id.gs1.org/01/{GTIN}/10/L7", "milk", ONE, 120),
        (f"]E0{MILK}", "milk", ONE, 120),
    ],
)
def test_a_line_without_a_question(tmp_path: Path, scan: str, sku: str, quantity: int, amount_minor: int) -> None:
    outcome, basket = at_the_till(tmp_path, AddLine(scan))
    assert isinstance(outcome, Done), outcome
    assert not basket.questions
    assert [(line.sku, line.quantity, line.amount_minor) for line in basket.lines] == [(sku, quantity, amount_minor)]


@pytest.mark.parametrize(
    ("scan", "symbology", "code"),
    [
        ("4006381333932", "", "code_check_digit"),
        (MILK + MILK, "", "code_two"),
        (MILK[:8], "ean13", "code_half"),
        ("]X", "", "code_symbology"),
        ("\\xff\x02", "", "code_character"),
        (f"]d201{GTIN}17261399", "", "code_value"),
        ("R/1-000042", "", "code_is_receipt"),
        ("E/7", "", "code_is_employee"),
        ("C/SPRING", "", "code_is_coupon"),
        ("O/2026-1", "", "code_is_order"),
        ("G/88", "", "code_is_gift_card"),
        ("]C100106141412345678908", "", "code_is_logistic_unit"),
        (f"]C102{GTIN}3712", "", "code_is_logistic_unit"),
        ("E/54321", "", "code_is_employee"),
        ("R/12345", "", "code_is_receipt"),
        ("G/54321", "", "code_is_gift_card"),
        (f"]C1414{MILK}", "", "code_no_product"),
        ("]C110LOT", "", "code_no_product"),
        ("]Q1", "", "code_no_product"),
        ("https://shop.example/menu", "", "code_link"),
        ("", "", "code_missing"),
    ],
)
def test_a_refusal_and_no_line(tmp_path: Path, scan: str, symbology: str, code: str) -> None:
    outcome, basket = at_the_till(tmp_path, AddLine(scan, symbology))
    assert isinstance(outcome, Refused), outcome
    assert outcome.code == code
    assert basket.lines == ()
    assert basket.questions == ()


def test_a_receipt_is_said_by_its_number(tmp_path: Path) -> None:
    outcome, _ = at_the_till(tmp_path, AddLine("R/1-000042"))
    assert outcome == Refused("code_is_receipt", {"number": "1-000042"})


def test_half_a_code_of_which_no_one_knows_the_kind_is_asked_about(tmp_path: Path) -> None:
    outcome, basket = at_the_till(tmp_path, AddLine(MILK[:9]))
    assert isinstance(outcome, Done)
    assert [question.kind for question in basket.questions] == ["unknown"]
    assert basket.lines == ()


def test_three_times_a_thing_whose_label_says_how_much_it_is(tmp_path: Path) -> None:
    outcome, _ = at_the_till(tmp_path, AddLine(checked("211234500384"), quantity=3 * ONE))
    assert outcome == Refused("as_labelled", {"name": "Cheese"})


def test_a_coupon_number_that_is_a_product_here_is_sold(tmp_path: Path) -> None:
    """Some makers use GS1 prefixes that are reserved for coupons."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            odd = checked("984201907291")
            assert await shop.do(AddLine(odd), CASHIER) == Refused("code_is_coupon", {"number": odd})
            await shop.do(SetProducts((product("wine", odd, unit="piece"),)), SYSTEM)
            outcome = await shop.do(AddLine(odd), CASHIER)
            assert isinstance(outcome, Done)
            assert [line.sku for line in outcome.result.lines] == ["wine"]

    run(scenario())


def test_an_expired_product_is_asked_about_and_the_sale_says_what_was_sold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            asked = await shop.do(AddLine(f"]d201{GTIN}17261231\x1d10L7\x1d21S9"), CASHIER)
            assert isinstance(asked, Done)
            (question,) = asked.result.questions
            assert (question.kind, question.label.expiry) == ("expired", date(2026, 12, 31))
            await shop.do(AnswerQuestion(question.id), CASHIER)
            paid = await shop.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done)
            sale = paid.events[0]
            assert isinstance(sale, SaleCompleted)
            assert sale.lines[0].label == ScannedData("L7", date(2026, 12, 31), "S9", sold_expired=True)
            assert sale.lines[0].code == GTIN

    run(scenario())


def test_an_expired_product_is_refused_where_the_shop_wants_that(tmp_path: Path) -> None:
    text = f'{CONFIG}\n[codes]\nexpired = "refuse"\n'
    outcome, basket = at_the_till(tmp_path, AddLine(f"]d201{GTIN}17261231"), text=text)
    assert isinstance(outcome, Refused)
    for language, name in (("en", "Milk"), ("fr", "Lait"), ("he", "חלב")):  # the name in each reader's language
        said = Localizer(language, till_settings(config(tmp_path, text))).refusal(outcome)
        assert name in said
        assert "31" in said and "2026" in said and "2026-12" not in said
    assert basket.lines == ()


def test_a_printed_price_is_on_the_paper_and_in_the_sums(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRENCH) as shop:
            await shop.do(SetProducts((product("cheese", "12345"),)), SYSTEM)
            await shop.do(AddLine(checked("231234500765")), CASHIER)
            paid = await shop.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done)
            sale = paid.events[0]
            assert isinstance(sale, SaleCompleted)
            assert (sale.total_minor, sale.lines[0].amount_minor, sale.lines[0].quantity) == (765, 765, 384)
            jobs = shop.reader.execute("SELECT document FROM print_job").fetchall()
            rows_of = [msgspec.json.decode(body, type=Document).rows for (body,) in jobs]
            (paper,) = (row for rows in rows_of for row in rows if isinstance(row, TemplateBlock))
            rows = [row for row in render_template(paper, "en") if isinstance(row, Pair)]
            assert ("Cheese", "7.65") in [(row.left, row.right) for row in rows]

    run(scenario())
