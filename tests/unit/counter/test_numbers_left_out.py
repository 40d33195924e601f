"""After a restore no receipt number is given twice: what may have been used is left out, and said."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.journal.rows import read_head, read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.core.secrets import keys
from edge.core.storage.database import open_reader
from edge.counter.till.after_sale.receipt_numbers import Gap, explained_gaps, unexplained_gaps
from edge.counter.till.commands import SKIPPED_MOST, AddLine, Pay, PrintReport, SkipNumbers
from edge.foundation.printing.document import TemplateBlock
from edge.foundation.printing.queries import read_print_job
from edge.operations.ledger import build_registry
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring import prior_state, restore
from edge.operations.maintenance.restoring.prior_state import PriorState, beyond, last_skipped_number
from edge.runtime.backup_state.restore_gap import epochs_of
from edge.runtime.config import Backup, Config
from sync.history_fetch import Held
from sync.mqtt import BrokerConfig
from sync.session import LinkLost
from sync.wire import Epoch
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, config, open_shop, run

DAY_US = 86_400_000_000
BROKER = BrokerConfig()


async def sell(shop: Any, times: int) -> list[int]:
    numbers = []
    for _ in range(times):
        await shop.do(AddLine(MILK), CASHIER)
        done = await shop.do(Pay("cash"), CASHIER)
        numbers.append(done.events[0].number)
    return numbers


class Office:
    """The hub's answers, from the ledger of the box that burned down."""

    def __init__(self, ledger: Path) -> None:
        self._db = open_reader(ledger)

    async def fetch_extent(self) -> Held:
        head = read_head(self._db)
        return Held(head.seq, head.hash, tuple(epochs_of(self._db)))

    async def rows(self, first: int, last: int, take: Callable[[Any], None]) -> None:
        take(read_rows(self._db, first, last - first + 1))


def asked(monkeypatch: pytest.MonkeyPatch, answer: Office | LinkLost) -> None:
    async def fetching(_who: object, _broker: object, work: Callable[[Any], Awaitable[Held]]) -> Held:
        if isinstance(answer, LinkLost):
            raise answer
        return await work(answer)

    monkeypatch.setattr(prior_state, "fetching", fetching)


@pytest.fixture
def boxes(tmp_path: Path) -> tuple[Config, Config, FakeClock]:
    """A box that sold on behind its backup, and one that goes on from the backup."""
    clock = FakeClock()
    one, two = config(tmp_path / "one"), config(tmp_path / "two")

    async def live(sales: int) -> None:
        async with open_shop(tmp_path / "one", clock) as shop:
            await sell(shop, sales)

    run(live(3))
    shutil.copytree(one.folder, two.folder)
    run(live(5))
    return one, two, clock


def gaps(box: Config, series: str = "receipt") -> list[Gap]:
    db = open_reader(box.ledger)
    try:
        assert verify(db, build_registry(box)).faults == ()
        assert unexplained_gaps(db) == []
        return [gap for gap in explained_gaps(db) if gap.series == series]
    finally:
        db.close()


def test_what_head_office_knows_is_not_used_again(
    boxes: tuple[Config, Config, FakeClock], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, two, clock = boxes
    burned = open_reader(one.ledger)
    newest = read_head(burned).epoch
    burned.close()
    asked(monkeypatch, Office(one.ledger))
    wrong = FakeClock(0)
    head, known, _ = restore.go_on_as_is(two, wrong, BROKER)
    assert known.numbers == {"1": 8} and known.asked
    assert head.epoch > newest
    # The clock says 1970: how much may have been sold since, nobody knows.
    assert gaps(two) == [Gap("1", 4, 60_008, "restored"), Gap("2", 1, 60_000, "restored")]

    async def after() -> None:
        async with open_shop(tmp_path / "two", clock, stocked=False) as shop:
            assert await sell(shop, 1) == [60_009]

    run(after())


def test_where_head_office_cannot_be_asked_it_is_said_and_more_is_left_out(
    boxes: tuple[Config, Config, FakeClock], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, two, clock = boxes
    asked(monkeypatch, LinkLost("unanswered"))
    _, known, _ = restore.go_on_as_is(two, clock, BROKER)
    assert (known.asked, known.why_not) == (False, "The hub isn't responding.")
    assert gaps(two) == [Gap("1", 4, 10_000, "restored"), Gap("2", 1, 10_000, "restored")]

    async def report() -> tuple[list[int], list[Any]]:
        async with open_shop(tmp_path / "two", clock, stocked=False) as shop:
            numbers = await sell(shop, 2)
            await shop.do(PrintReport("z"), MANAGER)
            (id,) = shop.reader.execute("SELECT id FROM print_job WHERE kind = 'report'").fetchone()
            job = read_print_job(shop.reader, id)
            assert job is not None
            return numbers, [row for row in job.document.rows if isinstance(row, TemplateBlock)]

    numbers, forms = run(report())
    assert numbers == [10_001, 10_002]
    assert [form.data for form in forms if form.template == "till/skipped"] == [
        {
            "gaps": [
                {"first": 4, "last": 10_000, "why": "restored", "series": "receipt"},
                {"first": 1, "last": 100, "why": "restored", "series": "z"},
            ]
        }
    ]


def test_no_z_report_has_a_number_that_another_had_before_the_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Z that head office has, and that the backup lacks: the next one on this box is another paper."""
    clock = FakeClock()
    one, two = config(tmp_path / "one"), config(tmp_path / "two")

    async def close(folder: str, days: int) -> list[int]:
        async with open_shop(tmp_path / folder, clock, stocked=False) as shop:
            done = [await shop.do(PrintReport("z"), MANAGER) for _ in range(days)]
            assert unexplained_gaps(shop.reader) == []
            return [event.number for one in done for event in one.events]  # type: ignore[union-attr]

    assert run(close("one", 1)) == [1]
    shutil.copytree(one.folder, two.folder)
    assert run(close("one", 3)) == [2, 3, 4]
    asked(monkeypatch, Office(one.ledger))
    _, known, _ = restore.go_on_as_is(two, clock, BROKER, with_the_rest=False)
    assert (known.asked, known.z_numbers) == (True, {"1": 4})
    assert gaps(two, "z") == [Gap("1", 2, 14, "restored", "z"), Gap("2", 1, 10, "restored", "z")]
    assert run(close("two", 2)) == [15, 16]

    async def gone() -> None:
        async with open_shop(tmp_path / "two", clock, stocked=False) as shop:
            await shop.maintain(lambda db: db.execute("DELETE FROM z_report WHERE number = 15"))
            assert unexplained_gaps(shop.reader) == [Gap("1", 15, 15, series="z")]

    run(gone())


def test_one_backup_restored_twice_gives_no_number_twice(
    boxes: tuple[Config, Config, FakeClock], tmp_path: Path
) -> None:
    """The box of the first restore burned down, too, before head office or anyone else heard of it."""
    one, two, clock = boxes
    made = backup.make(msgspec.structs.replace(two, backup=Backup(folder=str(tmp_path / "usb"), same_disk=True)), 1)
    secret = keys.stored_or_made(two.folder)
    seen, zs = [], []
    for _ in range(3):
        shutil.rmtree(one.folder)
        restore.restore(one, made.path, secret, clock, replace=False)
        seen.append([gap.last for gap in gaps(one)])
        zs.append([gap.last for gap in gaps(one, "z")])
    assert seen == [[10_000, 10_000], [20_000, 20_000], [30_000, 30_000]]
    assert zs == [[100, 100], [200, 200], [300, 300]]


def test_the_longer_ago_the_more_is_left_out() -> None:
    now_us = 1_800_000_000_000_000

    def through(days: float, asked: bool) -> int:
        return last_skipped_number(7, PriorState(at_us=int(now_us - days * DAY_US), asked=asked), now_us)

    assert (through(0, True), through(1, True), through(10, True)) == (107, 2_007, 20_007)
    assert (through(0, False), through(1, False), through(10, False)) == (10_000, 10_000, 30_000)
    assert through(-1, True) == 60_007, "the clock is wrong"
    assert through(100_000, False) == 1_010_000, "the limit"


def test_only_what_is_not_in_the_backup_is_asked_for() -> None:
    first, second, third = Epoch(1, 1, 0, 0, bytes(32)), Epoch(5, 11, 1, 10, bytes(32)), Epoch(7, 8, 1, 7, bytes(32))
    assert beyond(20, [first, second], [first, second]) == 21
    assert beyond(20, [first, second], [first, third]) == 8
    assert beyond(5, [first], [first, second]) == 6


def test_a_receipt_that_is_gone_is_a_gap_that_nothing_explains(boxes: tuple[Config, Config, FakeClock]) -> None:
    one, _, clock = boxes

    async def scenario() -> None:
        async with open_shop(one.folder.parent, clock, stocked=False) as shop:
            await shop.maintain(lambda db: db.execute("DELETE FROM receipt WHERE number IN (2, 3)"))
            assert unexplained_gaps(shop.reader) == [Gap("1", 2, 3)]
            far = await shop.do(SkipNumbers(SKIPPED_MOST + 10, "restored"), SYSTEM)
            assert far == Refused("skips_too_many", {"limit": SKIPPED_MOST})
            assert isinstance(await shop.do(SkipNumbers(3, "restored"), SYSTEM), Done)

    run(scenario())
