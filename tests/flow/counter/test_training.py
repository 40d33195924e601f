"""Training: someone learns the till beside the books, over HTTP as the till's page does it."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.counter.till.commands import PrintReport
from edge.counter.till.events import ReportPrinted, TrainingEnded
from edge.counter.till.practice.training import read_trainings
from edge.counter.till.queries import read_basket, read_receipt
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.goods.catalog.commands import ChangePrice
from edge.goods.stock.queries import read_stock
from edge.lib.i18n import translate
from tests.browser.calling import PIN, Caller, calling
from tests.browser.serving import Served, serve
from tests.counter_shop import event_of
from tests.http_client import when
from tests.shop_fixture import CONFIG, MANAGER, MILK, SYSTEM, FakeClock, done, run

CARD = "TRAINING2345"


async def begin(caller: Caller) -> None:
    assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
    answer = await caller.do("StartTraining")
    assert answer.status == 200, answer


async def sold(caller: Caller) -> str:
    """A milk sold for cash: its receipt's number, as the list has it."""
    assert (await caller.do("AddLine", {"code": MILK})).status == 200
    paid = await caller.do("Pay", {"kind": "cash"})
    assert paid.status == 200, paid
    newest = (await caller.get("/api/v1/queries/receipts")).json["result"][0]
    return f"{newest['register']}-{newest['number']}"


def written(served: Served) -> list[str]:
    return [type(fact.event).__name__ for fact in facts(served.shop.reader, served.shop.registry)]


def test_what_is_practised_is_in_no_book(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            assert await sold(caller) == "1-1"
            before = written(served)
            await begin(caller)
            assert await sold(caller) == "T-1-1"
            assert (await caller.do("AddLoad", {"code": CARD, "amount_minor": 500})).status == 200
            assert (await caller.do("Pay", {"kind": "cash"})).status == 200
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.do("Pay", {"kind": "gift", "reference": CARD})).status == 200
            assert "TRAINING" in (await caller.get("/")).text
            assert (await caller.get("/api/v1/queries/drawer")).status == 200, "of a drawer that nothing was in yet"
            assert (await caller.do("SetProducts", {"products": []})).status in (403, 422)
            gone = await caller.get("/fragments/refund?number=1&of=1")
            assert "refund_nothing" not in gone.text
            assert "data-line" not in gone.text  # the real receipt is none of its
            assert (await caller.call("POST", "/api/v1/sign-out", {})).status == 200
            assert written(served) == [*before, "TrainingStarted", "TrainingEnded"]
            ended = list(facts(served.shop.reader, served.shop.registry))[-1]
            assert ended.event == TrainingEnded(3)
            assert read_receipt(served.shop.reader, "1", 2) is None
            assert await sold(caller) == "1-2"
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.do("Pay", {"kind": "gift", "reference": CARD})).code == "card_unknown"
            report = event_of(await done(served.shop, PrintReport("x"), MANAGER), ReportPrinted)
            assert report.sales == 2
            paper = last_print_job(served.shop.reader, "1", "report")
            assert paper is not None
            assert "Training (3 documents) 1" in [
                " ".join(line.split()) for line in plain_text(paper.document).splitlines()
            ]
            assert verify(served.shop.reader, served.shop.registry).faults == ()
            assert not (served.config.folder / "training" / "1").exists()

    run(scenario())


def test_training_is_by_name_and_begins_with_nothing_on_the_counter(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            assert (await caller.do("StartTraining")).code == "training_by_name"
            assert (await caller.manage("StartTraining")).code == "training_by_name"
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            await caller.do("AddLine", {"code": MILK})
            assert (await caller.do("StartTraining")).code == "basket_not_empty"
            await caller.do("AbandonBasket")
            key = {"Idempotency-Key": str(uuid.uuid4())}
            begun = await caller.do("StartTraining", **key)
            again = await caller.do("StartTraining", **key)
            assert begun.status == again.status == 200 and again.json["done"]["repeated"], "its answer was lost"
            assert (await caller.do("StartTraining")).code == "training_already"
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert read_basket(served.shop.reader, "1").empty, "and the practice goes on"

    run(scenario())


def test_its_papers_say_so_and_the_drawer_stays_shut(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await begin(caller)
            await sold(caller)

            async def printed() -> object:
                return last_print_job(served.shop.reader, "1", "training")

            await when(printed, bool, "a paper of the practice at the real printer")
            job = last_print_job(served.shop.reader, "1", "training")
            assert job is not None
            lines = [line.strip() for line in plain_text(job.document).splitlines() if line.strip()]
            assert (lines[0], lines[-1]) == ("TRAINING", "TRAINING")
            assert any("T-1-000001" in line.replace("\u00a0", " ") for line in lines)
            assert last_print_job(served.shop.reader, "1", "drawer") is None

    run(scenario())
    assert "FACTICE" in translate("fr", "training.paper"), "the word of France's tax office"


def test_the_other_register_sells_and_a_program_sells_at_both(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await begin(caller)
            assert (await caller.do("AddLine", {"code": MILK}, Register="2")).status == 200
            assert (await caller.do("Pay", {"kind": "cash"}, Register="2")).status == 200
            assert read_receipt(served.shop.reader, "2", 1) is not None
            assert (await caller.manage("AddLine", {"code": MILK})).status == 200  # this machine's command line
            assert (await caller.manage("Pay", {"kind": "cash"})).status == 200
            assert read_receipt(served.shop.reader, "1", 1) is not None

    run(scenario())


def test_a_restart_ends_what_was_practised(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await begin(caller)
            await sold(caller)
        async with serve(tmp_path) as served:
            assert read_trainings(served.shop.reader) == []
            assert written(served)[-3:].count("TrainingEnded") == 1

    run(scenario())


YESTERDAY = {"yesterday": True}
DAY_S = 86_400.0


@asynccontextmanager
async def on_the_next_day(folder: Path) -> AsyncIterator[tuple[Served, Caller, FakeClock]]:
    """A shop that sold a milk in the morning and two behind noon, whose milk is dearer on the day after."""
    clock = FakeClock()  # nine in the morning in Paris
    async with serve(folder, clock=clock) as served, calling(served) as caller:
        await caller.set_pin()
        assert await sold(caller) == "1-1"
        clock.advance(4 * 3600.0)
        assert (await caller.do("AddLine", {"code": MILK, "quantity": 2_000})).status == 200
        assert (await caller.do("Pay", {"kind": "cash"})).status == 200
        clock.advance(DAY_S)
        await done(served.shop, ChangePrice("milk", 999), SYSTEM)
        yield served, caller, clock


def test_a_practice_begins_as_yesterday_at_noon_and_plays_its_customers(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with on_the_next_day(tmp_path) as (served, caller, _):
            before, stock = written(served), read_stock(served.shop.reader, "milk")
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            answer = await caller.do("StartTraining", YESTERDAY)
            assert answer.status == 200, answer
            page = (await caller.get("/")).text
            assert "Customer 1 of 1" in page and '"quantity": 2000' in page, "who came behind noon, with two milks"
            assert (await caller.do("AddLine", {"sku": "milk", "quantity": 2_000})).status == 200
            paid = await caller.do("Pay", {"kind": "cash"})
            assert paid.status == 200, paid
            newest = (await caller.get("/api/v1/queries/receipts")).json["result"][0]
            assert (newest["register"], newest["total_minor"]) == ("T-1", 240), "for the price of then"
            assert newest["business_date"] == "2027-01-15"
            page = (await caller.get("/")).text
            assert "All customers have been served" in page and "Your total: <bdi>€2.40</bdi>" in page
            assert written(served) == [*before, "TrainingStarted"]
            assert (await caller.call("POST", "/api/v1/sign-out", {})).status == 200
            assert written(served) == [*before, "TrainingStarted", "TrainingEnded"]
            assert read_stock(served.shop.reader, "milk") == stock
            assert verify(served.shop.reader, served.shop.registry).faults == ()

    run(scenario())


def test_without_an_earlier_day_there_is_no_one_to_play(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await sold(caller)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": PIN})).status == 200
            assert (await caller.do("StartTraining", YESTERDAY)).code == "training_no_yesterday"
            assert read_trainings(served.shop.reader) == []

    run(scenario())


def test_where_a_shift_is_required_one_is_practised_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + "\n[shifts]\nrequired = true\n") as served, calling(served) as caller:
            await caller.set_pin()
            await begin(caller)
            before = written(served)
            assert (await caller.do("AddLine", {"code": MILK})).code == "no_shift"
            assert (await caller.do("OpenShift", {"float_minor": 1000})).status == 200
            assert await sold(caller) == "T-1-1"
            assert (await caller.call("POST", "/api/v1/sign-out", {})).status == 200
            assert written(served) == [*before, "TrainingEnded"]
            assert (await caller.do("AddLine", {"code": MILK})).code == "no_shift", "the real one is still shut"

    run(scenario())
