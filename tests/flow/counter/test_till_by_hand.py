"""What the till's dialogs say and find, as cashiers had looked for it: docs/tried-by-hand.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, AddLoad, AddOpenAmount, CorrectTender, Pay
from edge.counter.till.events import TenderCorrected
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.counter_shop import books_of, event_of, in_a_shop, paid, paper
from tests.shop_fixture import CONFIG, MANAGER, MILK, FakeClock, done, run

CARD = "GIFT-0001-2345"


def test_sales_are_found_by_goods_and_sums_and_prices_by_names(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:

            async def found(text: str) -> list[str]:
                shown = (await caller.get(f"/fragments/receipts?text={text}")).text
                return [number for number in ("1-000001", "1-000002", "1-000003") if number in shown]

            await done(served.shop, AddLine(MILK))
            await paid(served.shop)
            for _ in range(2):
                await done(served.shop, AddOpenAmount("Vase", "standard", 900))
                await paid(served.shop, "card")
            assert "Vase" in (await caller.get("/fragments/receipts")).text, "its goods beside the number"
            assert await found("milk") == await found("1.20") == await found("1") == ["1-000001"]
            assert await found("vas") == await found("9.00") == await found("9") == ["1-000002", "1-000003"]
            assert await found("water") == await found("1.21") == []
            shown = (await caller.get("/fragments/price?code=mil")).text
            assert 'data-price-of="milk"' in shown and "1.20" in shown
            assert "huge" in (await caller.get("/fragments/price?code=milk")).text, "of one, all that is known"

    run(scenario())


def test_sums_of_an_x_are_shown_to_whom_a_pin_lets_print_it_and_to_nobody_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await done(served.shop, AddLine(MILK))
            await paid(served.shop)
            path = "/fragments/reports/sums?kind=x"
            assert (await caller.get(path)).status == 403, "who counts the drawer does not know"
            for command, status in (("VoidLine", 403), ("PrintReport", 200)):
                approved = await caller.call("POST", "/api/v1/grants", {"pin": PIN, "command": command})
                answer = await caller.get(path, Grant=approved.json["grant"]["token"])
                assert (answer.status, "1.20" in answer.text) == (status, status == 200)

    run(scenario())


@pytest.mark.parametrize(
    ("was", "kind", "tenders", "rounding"),
    [
        ("card", "cash", [("cash", 101), ("cash", 19)], 0),
        ("cash", "card", [("card", 101), ("card", 19)], 0),
        (None, "card", [("card", 120)], 0),
    ],
)
def test_of_a_split_sale_the_part_that_was_told_wrongly_is_corrected(
    tmp_path: Path, was: str | None, kind: str, tenders: list[tuple[str, int]], rounding: int
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLine(MILK))
        await done(shop, Pay("card", 101))
        await paid(shop, "cash", 500)
        refused = await shop.do(CorrectTender(1, "card", was="voucher"), MANAGER)
        assert isinstance(refused, Refused) and refused.code == "tender_unknown"
        event = event_of(await done(shop, CorrectTender(1, kind, was=was), MANAGER), TenderCorrected)
        assert sorted((one.kind, one.amount_minor) for one in event.tenders) == sorted(tenders)
        assert event.rounding_minor == rounding
        assert sum(books_of(shop).values()) == 0

    in_a_shop(scenario, tmp_path)


def test_a_receipt_says_what_is_left_on_a_gift_card(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await done(shop, AddLoad(CARD, 2_000))
        await paid(shop)
        assert "Balance of gift card …2345 20.00" in paper(shop)
        await done(shop, AddLine(MILK))
        await paid(shop, "gift", reference=CARD)
        assert "Balance of gift card …2345 18.80" in paper(shop)
        await done(shop, AddLine(MILK))
        await paid(shop)
        assert not any("Balance of gift card" in line for line in paper(shop))

    in_a_shop(scenario, tmp_path)


def test_a_till_without_a_printer_waits_for_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + "[orders]\nphones = true\n") as served, calling(served) as caller:
            await done(served.shop, AddLine(MILK))
            await paid(served.shop)
            shown = (await caller.get("/?register=1&lang=en")).text
            assert "has no receipt printer" in shown and "Waiting for printer" not in shown
            assert "/display/code?path=" in shown, "it is on the customer's phone by the till's own screen"

    run(scenario())
