"""A complaint is answered step by step: what lay in the basket, who approved what, the money, the drawer, the paper."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
import pytest

from edge.analytics.shelf.pictures import SNAPSHOTS
from edge.analytics.shelf.shelf_service import SHELF
from edge.core.command_bus import CommandBus
from edge.counter.shifts.commands import OpenDrawer
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AnswerQuestion,
    LineSold,
    OverridePrice,
    Pay,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    SellBasket,
    SetQuantity,
    TenderGiven,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.events import BasketAbandoned, SaleCompleted
from edge.foundation.access.commands import RetireUser, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.lib.i18n.translations import words
from tests.browser.calling import Answer, Caller, calling
from tests.browser.serving import serve
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, TOMATO, FakeClock, done, run

NOA = msgspec.structs.replace(CASHIER, name="noa", anonymous=False)
DANA_FOR_NOA = msgspec.structs.replace(MANAGER, name="dana", asker="noa", anonymous=False)


async def a_complaint(shop: CommandBus, clock: FakeClock) -> int:
    """A sale that was argued about; its number."""
    for id, name in (("noa", "Noa Levi"), ("dana", "Dana Katz")):
        await done(shop, SetUser(id, name, "cashier", hash_pin("1357" if id == "noa" else "2468")), SYSTEM)
    await done(shop, AddLine(MILK), NOA)
    await done(shop, AddLine(TOMATO, quantity=1_250), NOA)
    await done(shop, AddLine(MILK), NOA)
    clock.advance(20)
    await done(shop, OverridePrice(1, 99), DANA_FOR_NOA)
    await done(shop, VoidLine(3), NOA)
    clock.advance(20)
    await done(shop, OpenDrawer("change for a twenty"), DANA_FOR_NOA)
    (sale,) = [one for one in (await done(shop, Pay("cash"), NOA)).events if isinstance(one, SaleCompleted)]
    clock.advance(60)
    await done(shop, ReprintReceipt(sale.number), NOA)
    await done(shop, RefundSale(sale.number, lines=(RefundedLine(1, 1_000),)), MANAGER)
    await catch_up(shop)
    return sale.number


async def look(caller: Caller, address: str) -> Answer:
    return await caller.get(address, Grant=caller.token, Surface="panel")


def steps_of(page: str) -> list[str]:
    """The steps of a page, each as what is read there."""
    main = page[page.index('id="steps"') :]
    steps = re.findall(r"<li data-step.*?(?=<li data-step|</ol>)", main, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", one)).strip() for one in steps]


def test_a_sale_is_played_as_it_happened(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            number = await a_complaint(served.shop, clock)
            sale = (await look(caller, f"/manager/sale?register=1&number={number}")).text
            assert f"/manager/replay?register=1&amp;of=1&amp;number={number}" in sale
            page = await look(caller, f"/manager/replay?of=1&number={number}")
            assert page.status == 200, page.text[-400:]
            told = "\n".join(steps_of(page.text))
            in_order = (
                *("Basket opened", "Noa Levi", MILK, "Price changed from €1.20 to €0.99", "Tomatoes", "voided"),
                *("Dana Katz approved with a PIN: price override, for Noa Levi", "Cash drawer opened"),
                *("Paid with Cash", "Receipt waiting for the printer", "Receipt reprinted", "Refund"),
            )
            places = [told.find(one) for one in in_order]
            assert -1 not in places, dict(zip(in_order, places, strict=True))
            assert told.index("Dana Katz approved") < told.index("Paid with Cash")
            assert "change for a twenty" not in told, "what somebody wrote of people stays hidden"
            assert 'id="proof" class="hint"' in page.text

    run(check())


def test_when_it_was_scanned_asked_and_answered_is_said_with_what_a_shelf_camera_saw(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await done(served.shop, AddLine(MILK), NOA)
            clock.advance(3)
            asked = (await done(served.shop, AddLine("5901234123457"), NOA)).result
            clock.advance(4)
            await done(served.shop, AnswerQuestion(asked.questions[0].id, yes=False), NOA)
            clock.advance(5)
            await done(served.shop, SetQuantity(1, 3_000), NOA)
            basket = (await done(served.shop, AddLine(TOMATO, quantity=1_250), NOA)).result
            clock.advance(6)
            await done(served.shop, VoidLine(basket.lines[-1].id), NOA)
            picture = served.site.services.of(SHELF).pictures.path("0" * 20, SNAPSHOTS)
            picture.parent.mkdir(parents=True)
            picture.write_bytes(b"a picture")
            os.utime(picture, (clock.at_us / 1e6, clock.at_us / 1e6))
            (sale,) = [
                one for one in (await done(served.shop, Pay("cash"), NOA)).events if isinstance(one, SaleCompleted)
            ]
            assert [(step.ms, step.did) for step in sale.steps] == [
                *((0, "line"), (3_000, "ask"), (7_000, "no"), (12_000, "quantity"), (12_000, "line"), (18_000, "void")),
            ]
            page = (await look(caller, f"/manager/replay?of=1&number={sale.number}")).text
            told = "\n".join(steps_of(page))
            in_order = (
                *("Milk", "+0:00.0", "The till asked: unknown barcode", "+0:03.0", "Declined: unknown barcode"),
                *("+0:07.0", "Quantity changed to 3", "+0:12.0", "Tomatoes", "Line voided:", "+0:18.0"),
            )
            places = [told.find(one) for one in in_order]
            assert -1 not in places and places == sorted(places), dict(zip(in_order, places, strict=True))
            assert f"/shelf/pictures/{'0' * 20}" in page

    run(check())


@pytest.mark.parametrize("language", ["fr", "he"])
def test_it_is_told_in_the_readers_language_and_forgets_who_is_forgotten(tmp_path: Path, language: str) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            number = await a_complaint(served.shop, clock)
            address = f"/manager/replay?of=1&number={number}&lang={language}"
            assert "Dana Katz" in (await look(caller, address)).text
            await done(served.shop, RetireUser("dana"), SYSTEM)
            page = (await look(caller, address)).text
            assert "Dana Katz" not in page and "Noa Levi" in page
            assert words(language)["discount.reason_override"] in page
            assert "Basket opened" not in page

    run(check())


def test_a_sale_that_a_program_sent_in_one_piece_says_that_it_has_no_steps(tmp_path: Path) -> None:
    async def check() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, calling(served) as caller:
            sold = SellBasket((LineSold(code=MILK),), (TenderGiven("cash"),))
            (sent,) = [one for one in (await done(served.shop, sold, NOA)).events if isinstance(one, SaleCompleted)]
            page = (await look(caller, f"/manager/replay?of=1&number={sent.number}")).text
            assert 'id="at-once"' in page and "Milk" in page
            await done(served.shop, AddLine(MILK), NOA)
            (typed,) = [
                one for one in (await done(served.shop, Pay("cash"), NOA)).events if isinstance(one, SaleCompleted)
            ]
            assert 'id="at-once"' not in (await look(caller, f"/manager/replay?of=1&number={typed.number}")).text

    run(check())


def test_voids_and_refunds_are_played_too_and_an_unknown_receipt_is_said(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            number = await a_complaint(served.shop, clock)
            refund = await look(caller, f"/manager/replay?of=1&number={number + 1}")
            assert refund.status == 200 and "Milk" in refund.text
            await done(served.shop, VoidLastSale("a mistake"), MANAGER)
            await catch_up(served.shop)
            void = await look(caller, f"/manager/replay?of=1&number={number + 2}")
            assert void.status == 200, void.text[-400:]
            again = (await look(caller, f"/manager/replay?of=1&number={number + 1}")).text
            assert "Receipt voided" in again[again.index('id="afterwards"') :]
            assert (await look(caller, "/manager/replay?of=1&number=999")).status == 404

    run(check())


def test_a_basket_cleared_unpaid_is_played_from_the_journal_and_the_days_figures(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            shop = served.shop
            await done(shop, AddLine(MILK, quantity=2_000), NOA)
            clock.advance(7)
            await done(shop, AddLine(TOMATO, quantity=1_250), NOA)
            await done(shop, VoidLine(1), NOA)
            clock.advance(5)
            (cleared,) = [
                one for one in (await done(shop, AbandonBasket(), NOA)).events if isinstance(one, BasketAbandoned)
            ]
            assert [(one.ms, one.did) for one in cleared.steps] == [(0, "line"), (7_000, "line"), (7_000, "void")]
            await catch_up(shop)
            ((seq, day),) = shop.reader.execute(
                "SELECT seq, business_date FROM journal WHERE type = 'BasketAbandoned'"
            ).fetchall()
            page = (await look(caller, f"/manager/replay?row={seq}&lang=en")).text
            told = "\n".join(steps_of(page))
            in_order = ("Basket opened", MILK, "Tomatoes", "+0:07.0", "Line voided:", "Basket cleared")
            places = [told.find(one) for one in in_order]
            assert -1 not in places, dict(zip(in_order, places, strict=True))
            assert "Cleared basket step by step" in page and 'id="proof" class="hint"' in page
            assert f"replay?row={seq}" in (await look(caller, f"/manager/journal?before={seq + 1}")).text
            figure = f"/manager/figure?name=reports.day_minor&key={day}%0Acleared.minor"
            assert f"row={seq}" in (await look(caller, figure)).text
            for other in (seq - 1, seq + 1, 10**9):
                assert (await look(caller, f"/manager/replay?row={other}")).status == 404

    run(check())
