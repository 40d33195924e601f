"""A slip of the finger is asked about before it costs money; what is meant is then done, and scans are never asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Command, Refused
from edge.counter.till.commands import AddLine, AnswerQuestion, OverridePrice, Pay, SetQuantity
from edge.counter.till.queries import read_basket
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from tests.shop_fixture import (
    CONFIG,
    MANAGER,
    MILK,
    MYSTERY,
    SYSTEM,
    agreed,
    answered,
    done,
    open_shop,
    question_of,
    run,
)

NAMES = {"name": "Milk", "name_fr": "Lait", "name_he": "חלב"}


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (
            Pay("cash", 60_000),
            Refused("confirm_cash", {"given_minor": 60_000, "change_minor": 59_880}),
        ),
        (
            SetQuantity(1, 101_000),
            Refused("confirm_quantity", NAMES | {"quantity": "101"}),
        ),
        (
            OverridePrice(1, 1201),
            Refused("confirm_price", NAMES | {"price_minor": 1201, "listed_minor": 120}),
        ),
        (
            OverridePrice(1, 0),
            Refused("confirm_price", NAMES | {"price_minor": 0, "listed_minor": 120}),
        ),
    ],
)
def test_what_is_hardly_meant_is_asked_about_once(tmp_path: Path, command: Command, refused: Refused) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK))
            assert question_of(await shop.do(command, MANAGER)) == refused
            await agreed(shop, command, MANAGER)

    run(scenario())


def test_what_is_common_is_not_asked_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                AddLine(MILK, quantity=100_000),
                AddLine(MILK),  # the 101st, scanned
                OverridePrice(1, 60, "dented"),
                Pay("cash", 50_000),
                AddLine(MILK),
                Pay("cash"),
            ):
                await done(shop, command, MANAGER)

    run(scenario())


def test_a_price_that_someone_enters_is_asked_about_where_the_line_comes_to_much(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            asked = (await done(shop, AddLine(MYSTERY))).result.questions[0].id
            refused = await shop.do(AnswerQuestion(asked, price_minor=1_000_100), MANAGER)
            assert question_of(refused) == Refused("confirm_sum", {"name": "No price yet", "sum_minor": 1_000_100})
            await agreed(shop, AnswerQuestion(asked, price_minor=1_000_100), MANAGER)

    run(scenario())


@pytest.mark.parametrize("kind", ["cash", "card"])
def test_the_code_of_a_product_is_no_sum(tmp_path: Path, kind: str) -> None:
    """Typed into the box, and then F8 in the place of Enter."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            goods = (Product("fish", {"en": "Fish"}, ("96385074",), 500_000), Product("plu", {"en": "B"}, ("4011",), 5))
            await done(shop, SetProducts(goods), SYSTEM)
            await done(shop, AddLine("96385074"))
            for code in ("96385074", "4011"):
                given = int(code) * 100
                refused = await answered(shop, Pay(kind, given), MANAGER)  # type: ignore[arg-type]
                if kind == "card" and given > 500_000:
                    assert refused == Refused("card_too_much", {"due_minor": 500_000})
                else:
                    assert refused == Refused("amount_is_code", {"code": code})
            assert read_basket(shop.reader, "1").paid_minor == 0

    run(scenario())


def test_what_notes_make_is_money_though_a_product_has_that_number(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG.replace('"EUR"', '"ILS"')) as shop:
            goods = (Product("20", {"en": "Tea"}, ("20",), 500), Product("1000", {"en": "Chair"}, ("1000",), 95_000))
            await done(shop, SetProducts(goods), SYSTEM)
            await done(shop, AddLine("20"))
            await done(shop, Pay("cash", 2000))
            await done(shop, AddLine("1000"))
            await done(shop, Pay("cash", 100_000))

    run(scenario())


def test_a_number_that_people_know_goods_by_is_typed_at_the_till_and_never_scanned(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            numbered = Product("1000", {"en": "Whole milk"}, ("4006381333993",), 150)
            coded = Product("2000", {"en": "Bread"}, ("1000",), 90)
            await done(shop, SetProducts((numbered,)), SYSTEM)
            assert (await done(shop, AddLine("1000"))).result.lines[-1].sku == "1000"
            asked = (await done(shop, AddLine("1000", symbology="code128"))).result.questions
            assert [one.kind for one in asked] == ["unknown"], "what was read is a code and nothing else"
            await done(shop, SetProducts((coded,)), SYSTEM)
            assert (await done(shop, AddLine("1000"))).result.lines[-1].sku == "2000", "a code goes before a number"

    run(scenario())
