"""The sales list and the day's pages over HTTP: who may see them, and that they match the ledger."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.analytics.insight.pages.today import backup_need
from edge.core.messages import Command, Done
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.reports import routes as sales_list
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AddLine, Pay, RefundSale, SellPriced, TenderGiven, VoidLastSale
from edge.foundation.printing.commands import SettlePrint
from edge.foundation.printing.queries import last_print_job
from edge.runtime.backup_state.status import BackupStatus
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.counter_shop import paper
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, run

LIST = "/api/v1/sales"


async def sell(served: Served, times: int = 1, **more: Any) -> None:
    for _ in range(times):
        await do(served, AddLine(MILK, **more))
        await do(served, Pay("card"))


async def do(served: Served, command: Command) -> None:
    outcome = await served.shop.do(command, MANAGER if isinstance(command, VoidLastSale | RefundSale) else CASHIER)
    assert isinstance(outcome, Done), outcome


def test_the_list_goes_page_by_page_and_by_conditions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sales_list, "PAPERS_SHOWN", 2)

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = {"Grant": await caller.enter_pin(), "Surface": "panel"}
            await sell(served, 3)
            await do(served, VoidLastSale("wrong"))
            first = (await caller.get(LIST, **grant)).json
            assert [(one["number"], one["kind"], one["total_minor"]) for one in first["sales"]] == [
                (4, "void", -120),
                (3, "sale", 120),
            ]
            assert first["sales"][1]["voided_by"] == 4
            await sell(served)  # a sale in between doesn't shift the next page
            rest = (await caller.get(f"{LIST}?after={first['after']}", **grant)).json
            assert ([one["number"] for one in rest["sales"]], rest["after"]) == ([2, 1], None)
            (void,) = (await caller.get(f"{LIST}?kind=void&of=1&sku=milk&total_minor=-120", **grant)).json["sales"]
            assert void["number"] == 4
            day = void["business_date"]
            assert len((await caller.get(f"{LIST}?day={day}&number=5", **grant)).json["sales"]) == 1
            assert (await caller.get(f"{LIST}?day=2001-01-01", **grant)).json == {"sales": [], "after": None}
            for wrong in ("day=yesterday", "kind=gift", "number=many", "after=" + "9" * 30):
                assert (await caller.get(f"{LIST}?{wrong}", **grant)).code == "argument_wrong", wrong

    run(scenario())


def test_no_sum_is_shown_without_the_right(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await sell(served)
            for path in ("/manager", "/manager/today", "/manager/sales", "/manager/sale?number=1"):
                closed = await caller.get(path, Accept="text/html")
                assert closed.status == 403, path
                assert "1.20" not in closed.text, path
            for path in (LIST, "/fragments/today", "/api/v1/queries/day_sums?day=2027-01-15"):
                assert (await caller.get(path)).code == "right_denied", path
            asked = await caller.get("/fragments/reports")  # everyone at the till may ask; the sums are only printed
            assert asked.status == 200
            assert "1.20" not in asked.text

    run(scenario())


def test_a_sale_whose_discount_on_all_no_one_noted_has_its_paper_and_its_page(tmp_path: Path) -> None:
    """Older versions recorded no such discount for orders placed for a later time."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            line = RecordedLine(1, "milk", MILK, {"en": "Milk"}, "piece", 1000, 120, "standard", share_minor=20)
            sale = SellPriced((line,), (TenderGiven("card"),))
            outcome = await served.shop.do(sale, msgspec.structs.replace(SYSTEM, register="1"))
            assert isinstance(outcome, Done), outcome
            assert "Discount -0.20" in paper(served.shop)
            page = await caller.get("/manager/sale?register=1&number=1&lang=en")
            assert (page.status, "-€0.20" in page.text) == (200, True)

    run(scenario())


def test_the_page_of_a_sale_and_of_what_undid_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await sell(served, quantity=2000)
            await do(served, RefundSale(1, reason="sour"))
            sale = (await caller.get("/manager/sale?register=1&number=1&lang=en")).text
            for said in ("Milk", "€2.40", "VAT", "Card", "Refunded so far: €2.40", "PrintGiftReceipt"):
                assert said in sale, said
            refund = (await caller.get("/manager/sale?register=1&number=2&lang=en")).text
            for said in ("For receipt 1-000001", "sour", "Refunded to card", "-€2.40"):
                assert said in refund, said
            assert "PrintGiftReceipt" not in refund
            missing = await caller.get("/manager/sale?register=1&number=9")
            assert (missing.status, missing.text.strip()) == (404, "Receipt 1-9 not found.")

    run(scenario())


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("receipt=1-000002", [2]),
        ("receipt=2", [2]),
        ("receipt=nonsense%21", []),
        ("amount=2,40", [2]),
        ("amount=lots", []),
        ("product=mlik", [2, 1]),
        ("product=nothing-like-it-at-all", []),
        ("kind=refund", []),
        ("person=cashier", [2, 1]),
    ],
)
def test_the_form_finds_as_people_write(tmp_path: Path, asked: str, numbers: list[int]) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await sell(served)
            await sell(served, quantity=2000)

            async def found() -> list[int]:
                html = (await caller.get(f"/manager/sales?register=1&{asked}")).text
                named = re.findall(r"/manager/sale\?register=1&amp;number=(\d+)", html)
                return [int(one) for one in dict.fromkeys(named)]  # from the row and its menu

            await when(found, lambda got: got == numbers, "the search knows the goods")

    run(scenario())


def test_another_day_is_shown_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await sell(served)
            day = served.site.config.business_date(served.shop.now_us())
            clock.advance(24 * 3600)
            assert "€1.20" not in (await caller.get("/fragments/today?lang=en")).text
            for path in ("/fragments/today", "/manager/today"):
                assert "€1.20" in (await caller.get(f"{path}?lang=en&day={day}")).text
            assert (await caller.get("/manager/today?day=soon")).status == 400

    run(scenario())


def test_backups_need_someone_only_where_something_is_missing() -> None:
    now, hour = 10**15, 3_600_000_000
    assert backup_need(False, BackupStatus(backup_us=now), now) == "backup_off"
    assert backup_need(True, BackupStatus(), now) == "backup_never"
    assert backup_need(True, BackupStatus(backup_us=now - 49 * hour), now) == "backup_old"
    assert backup_need(True, BackupStatus(backup_us=now - 30 * hour), now) == ""


def test_what_needs_someone_is_on_the_first_page_and_leads_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            first = "/manager?register=1&lang=en"
            assert "Backups are off" in (await caller.get(first)).text
            await do(served, OpenShift(10_000))
            await sell(served)
            job = last_print_job(served.shop.reader, "1")
            assert job is not None
            await served.shop.do(SettlePrint(job.id, "sending", printer="printer"), SYSTEM)
            await served.shop.do(SettlePrint(job.id, "unknown", problem="broke_off", printer="printer"), SYSTEM)
            clock.advance(24 * 3600)

            async def shown() -> str:
                return (await caller.get(first)).text

            await when(shown, lambda text: "Register 1: shift 1 has been open since" in text, "the shift", 10.0)
            await when(shown, lambda text: "documents that may not have printed: 1" in text, "the paper", 10.0)

    run(scenario())
