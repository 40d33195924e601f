"""The cashier's page after a scan that contains more than a product number."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, AnswerQuestion
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.contract.api.test_panel_push import Screen, opened
from tests.shop_fixture import CASHIER, MILK, run

EXPIRED = f"]d201{MILK.zfill(14)}17200131"


def test_an_expired_product_is_shown_with_its_last_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            asked = await served.shop.do(AddLine(EXPIRED), CASHIER)
            assert isinstance(asked, Done)
            await screen.until("question", "Expired product")
            for text in ("Milk", "31 January 2020", "Sell anyway", 'data-kind="expired"'):
                assert text in screen.shows["question"]
            await served.shop.do(AnswerQuestion(asked.result.questions[0].id), CASHIER)
            await screen.until("lines", "Sold after expiry, 31 January 2020")

    run(scenario())


def test_what_a_label_says_stands_at_the_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(f"]d201{MILK.zfill(14)}17491231\x1d10L7\x1d21S9"), CASHIER)
            await screen.until("lines", "Milk")
            for text in ("Lot L7", "Serial number S9", "until 31 December 2049"):
                assert text in screen.shows["lines"]

    run(scenario())


def test_a_broken_code_is_a_sentence(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, opened(caller) as socket:
            screen = Screen(socket)
            await screen.settle()
            await served.shop.do(AddLine(f"{MILK[:-1]}2"), CASHIER)
            await screen.until("notice", f"The check digit of {MILK[:-1]}2 is wrong.")
            assert 'data-code="code_check_digit"' in screen.shows["notice"]

    run(scenario())
