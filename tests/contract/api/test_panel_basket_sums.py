"""Sums of baskets and carts for programs: those on the till's screen, in typed fields."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from edge.counter.basket.basket_sums import BasketSums
from edge.counter.till.commands import AddLine
from edge.counter.till.queries import read_basket
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import serve
from tests.http_client import when
from tests.shop_fixture import BEER, CASHIER, CONFIG, MILK, done, run

COINS = CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')
ON_TOP = CONFIG.replace("inclusive = true", "inclusive = false")


def sums_of(answer: Answer) -> BasketSums:
    assert answer.status == 200, answer.text
    return msgspec.convert(answer.json["done"]["sums"], BasketSums)


async def basket_of_two(caller: Caller) -> Answer:
    """Three milks less 10 %, and a beer: 3.24 and 2.50."""
    await caller.do("AddLine", {"code": MILK, "quantity": 3000})
    asked = await caller.do("AddLine", {"code": BEER})
    question = asked.json["done"]["result"]["questions"][0]["id"]
    line = asked.json["done"]["result"]["lines"][0]["id"]
    assert (await caller.do("AnswerQuestion", {"question": question})).status == 200
    return await caller.manage("DiscountLine", {"line": line, "share": 10_000, "reason": "damaged"})


def test_a_basket_tells_what_the_tills_screen_shows_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, COINS) as served, calling(served) as caller:
            sums = sums_of(await basket_of_two(caller))
            milk, beer = sums.lines
            assert (milk.gross_minor, milk.discount_minor, milk.amount_minor) == (360, 36, 324)
            assert (beer.gross_minor, beer.discount_minor, beer.amount_minor) == (250, 0, 250)
            assert (sums.total_minor, sums.saved_minor, sums.taxes_included) == (574, 36, True)
            assert [(row.name, row.rate, row.net_minor, row.tax_minor) for row in sums.taxes] == [
                ("VAT", 20_000, 208, 42),
                ("VAT", 5_500, 307, 17),
            ]
            assert sums.net_minor == 574 - 42 - 17
            assert (sums.due_minor, sums.due_cash_minor, sums.rounding_minor) == (574, 575, 1)
            sums = sums_of(await caller.do("Pay", {"kind": "card", "amount_minor": 174}))
            assert (sums.paid_minor, sums.due_minor, sums.due_cash_minor, sums.rounding_minor) == (174, 400, 400, 0)

            async def asked() -> Any:  # a line is answered before it is on the disk, where queries read it
                return (await caller.get("/api/v1/queries/basket")).json["sums"]

            assert msgspec.convert(await when(asked, lambda now: now["paid_minor"], "paid"), BasketSums) == sums
            ended = (await caller.do("Pay", {"kind": "cash", "amount_minor": 500})).json["done"]
            assert (ended["sums"]["total_minor"], ended["sums"]["lines"]) == (0, [])
            (sale,) = [event for event in ended["events"] if event["type"] == "SaleCompleted"]
            assert (sale["total_minor"], sale["change_minor"], sale["rounding_minor"]) == (574, 100, 0)

    run(scenario())


def test_what_a_discount_saves_has_its_tax_where_that_comes_on_top(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ON_TOP) as served, calling(served) as caller:
            sums = sums_of(await basket_of_two(caller))
            assert (sums.net_minor, sums.total_minor, sums.taxes_included) == (574, 574 + 18 + 50, False)
            assert sums.saved_minor == 38, "36, and 5.5 % of it"
            assert [line.amount_minor for line in sums.lines] == [324, 250], "as marked"

    run(scenario())


def test_a_cart_tells_the_same_when_it_changes_and_when_it_is_looked_at(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            opened = await caller.call("POST", "/api/v1/carts", {})
            assert opened.json["sums"]["total_minor"] == 0
            path = f"/api/v1/carts/{opened.json['id']}"
            added = await caller.call("POST", f"{path}/lines", {"sku": "beer", "quantity": 2000, "age_said": 18})
            sums = msgspec.convert(added.json["sums"], BasketSums)
            assert ([line.amount_minor for line in sums.lines], sums.total_minor, sums.due_minor) == ([500], 500, 500)
            assert [(row.rate, row.net_minor, row.tax_minor) for row in sums.taxes] == [(20_000, 417, 83)]
            found = await caller.get(path)
            assert (found.json["sums"], found.json["total_minor"], found.json["age"]) == (added.json["sums"], 500, 18)

    run(scenario())


def test_the_sums_are_described_wherever_a_basket_or_a_cart_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            described = (await caller.get("/api/v1/openapi.json")).json
            schemas = described["components"]["schemas"]
            here = {"anyOf": [{"$ref": "#/components/schemas/BasketSums"}, {"type": "null"}]}
            of_command = schemas["AddLineDone"]["allOf"][1]["properties"]["done"]
            assert of_command["properties"]["sums"] == here and "sums" in of_command["required"]
            assert "sums" in schemas["TakeUpOrderDone"]["allOf"][1]["properties"]["done"]["properties"]
            assert "sums" not in schemas["SellBasketDone"]["allOf"][1]["properties"]["done"]["properties"]
            query = described["paths"]["/api/v1/queries/basket"]["get"]["responses"]["200"]
            assert query["content"]["application/json"]["schema"]["properties"]["sums"] == here
            assert schemas["CartView"]["properties"]["sums"]["anyOf"] == here["anyOf"]
            for name in ("BasketSums", "LineSums"):
                told = schemas[name]["description"]
                assert all(f"`{field}`" in told for field in schemas[name]["properties"] if field != "lines"), name

    run(scenario())


def test_a_program_that_was_answered_reads_what_it_wrote(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            program = msgspec.structs.replace(CASHIER, program=True)
            for number in range(1, 41):
                await done(served.shop, AddLine(MILK), program)
                with closing(served.shop.open_reader()) as db:
                    assert read_basket(db, "1").lines[0].quantity == number * 1_000

    run(scenario())
