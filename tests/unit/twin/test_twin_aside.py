"""What a box sold while a person let the other one lead: in no total, never lost, and brought in or left once."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.office import quarantine
from edge.backoffice.office.commands import BringInAside, LeaveAside
from edge.backoffice.office.events import AsideReported
from edge.backoffice.office.quarantine import QuarantinedFacts
from edge.backoffice.twin.aside_report import AsideReport
from edge.backoffice.twin.copy import aside
from edge.backoffice.twin.copy.aside import FOLDER, PAPERS, QUARANTINE, AsideCourier, Quarantine
from edge.backoffice.twin.limits import HANDBACK_RETRY_MS
from edge.core import ids
from edge.core.command_bus import CommandBus
from edge.core.journal.epochs import begin_led_epoch
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.core.storage.database import open_reader
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.rights import MANAGE
from edge.foundation.alerts.commands import RaiseAlert
from edge.goods.stock.commands import SetLevels
from edge.operations.ledger import Ledger
from edge.operations.maintenance.restoring.promoted_numbers import leave_out_numbers
from tests.fiscal_shop import of_type
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, FakeClock, config, done, open_shop, run

OWNER = CASHIER.with_rights(MANAGE)
LATER_US = 3_600_000_000
TURN = 7


async def _sell(shop: CommandBus) -> int:
    await done(shop, AddLine(MILK))
    (sold, *_) = (await done(shop, Pay("card"))).events
    return int(sold.number)  # type: ignore[attr-defined]


def _promoted(folder: Path) -> None:
    """A person lets this box lead."""
    ledger = Ledger(config(folder), FakeClock())
    begin_led_epoch(ledger.writer, 1_800_000_000_000_000, TURN, "b", 1002, is_promoted=True)
    assert leave_out_numbers(ledger.db, ledger.writer, ledger.registry, ("1", "2"), 1_800_000_000_000_000)
    assert not leave_out_numbers(ledger.db, ledger.writer, ledger.registry, ("1", "2"), 0), "once"
    ledger.close()


async def _two_histories(tmp_path: Path) -> tuple[Path, Path]:
    """Both boxes have one sale; the first sells two more, and the other is let lead meanwhile and sells as well."""
    a, b = tmp_path / "a", tmp_path / "b"
    clock = FakeClock()
    async with open_shop(a, clock) as shop:
        assert await _sell(shop) == 1
    shutil.copytree(a, b)
    clock.at_us += LATER_US
    async with open_shop(a, clock, stocked=False) as shop:
        assert await _sell(shop) == 2
        clock.at_us, clock.mono_us = clock.at_us + 1, clock.mono_us + 1
        assert await _sell(shop) == 3
    _promoted(b)
    async with open_shop(b, FakeClock(clock.at_us), stocked=False) as shop:
        assert await _sell(shop) > 1000, "the other box may have given the next ones away"
    return a / "data", b / "data"


def _comes_back(a: Path, b: Path, cut: bool = False) -> None:
    """The first box takes the other's ledger in its own one's place; `cut`: it ends in the middle of that."""
    ledger = a / "ledger.db"
    aside.keep_end(a / "twin", ledger)
    shutil.copyfile(b / "ledger.db", ledger)
    if cut:
        aside.keep_end(a / "twin", ledger)
    aside.keep_what_lacks(a / "twin", ledger)


def _given(a: Path, b: Path) -> None:
    """What lies aside comes to whoever leads."""
    given: list[tuple[str, str, bytes]] = []
    courier = AsideCourier(a, "a", lambda *what: given.append(what))
    courier.look("b", 0)
    courier.look("b", 1)
    courier.look("b", HANDBACK_RETRY_MS)
    assert len(given) == 2 and given[0] == given[1], "it is said again until it was heard"
    _, name, rows = given[0]
    assert aside.take(b, name, rows) and aside.take(b, name, rows)
    courier.mark_given(name)
    courier.look("b", 2 * HANDBACK_RETRY_MS)
    assert len(given) == 2 and aside.count(a / "twin") == 0


def _listed(shop: CommandBus, b: Path) -> list[QuarantinedFacts]:
    return quarantine.group_by_command(Quarantine(b).rows(), shop.registry.decode)


def _bring(one: QuarantinedFacts) -> BringInAside:
    return BringInAside(tuple(msgspec.json.encode(row) for row in one.rows))


def _receipts(b: Path) -> list[tuple[int, int, int]]:
    with closing(open_reader(b / "ledger.db")) as db:
        return db.execute("SELECT number, total_minor, at_us FROM receipt WHERE register = '1' ORDER BY seq").fetchall()


@pytest.mark.parametrize("cut", [False, True])
def test_what_the_other_box_sold_comes_in_once_as_it_was(tmp_path: Path, cut: bool) -> None:
    async def scenario() -> None:
        a, b = await _two_histories(tmp_path)
        _comes_back(a, b, cut)
        assert [path.suffix for path in (a / "twin" / FOLDER).iterdir()] == [PAPERS], "papers that people may hold"
        _given(a, b)
        async with open_shop(b.parent, FakeClock(1_800_000_000_000_000 + 2 * LATER_US), stocked=False) as shop:
            papers = [one for one in _listed(shop, b) if one.kind]
            assert [(one.register, one.number, one.total_minor) for one in papers] == [("1", 2, 120), ("1", 3, 120)]
            assert [number for number, *_ in _receipts(b)][1:] != [2, 3], "never by itself"
            first = papers[0]
            id = ids.child_id(first.command_id, quarantine.BROUGHT_IN)
            assert isinstance(await shop.do(_bring(first), OWNER, id), Done)
            again = await shop.do(_bring(first), OWNER, id)
            assert isinstance(again, Done) and again.repeated
            assert await shop.do(_bring(first), OWNER) == Refused("aside_there")
            (number, minor, at_us) = _receipts(b)[-1]
            assert (number, minor, at_us) == (2, 120, first.at_us), "its own number, at its own time"
            reason = LeaveAside(papers[1].id, len(papers[1].rows), "the customer brought it back")
            left = ids.child_id(papers[1].command_id, quarantine.LEFT)
            assert isinstance(await shop.do(reason, OWNER, left), Done)
            assert [number for number, *_ in _receipts(b)].count(3) == 0
            report = verify(shop.reader, shop.registry, deep=True)
            assert not report.faults, report.faults

    run(scenario())


def test_what_says_how_something_is_is_left_and_a_changed_row_does_not_come_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        a, b = await _two_histories(tmp_path)
        async with open_shop(a.parent, stocked=False) as shop:
            await done(shop, SetLevels("milk", par=2000, reorder=1000), OWNER)
        _comes_back(a, b)
        _given(a, b)
        async with open_shop(b.parent, stocked=False) as shop:
            listed = _listed(shop, b)
            (level,) = (one for one in listed if one.types == ("LevelsSet",))
            assert not level.may_come_in
            assert await shop.do(_bring(level), OWNER) == Refused("aside_only_left")
            sold = next(one for one in listed if one.kind == "sale")
            changed = msgspec.structs.replace(sold.rows[0], at_us=sold.at_us + 1)
            bad = BringInAside((msgspec.json.encode(changed), *(msgspec.json.encode(row) for row in sold.rows[1:])))
            assert await shop.do(bad, OWNER) == Refused("aside_damaged")

    run(scenario())


def test_of_what_a_box_noted_for_itself_no_one_is_asked(tmp_path: Path) -> None:
    """It was let lead as well, unknown to the other one: numbers that it left out, and its alerts, are no papers."""

    async def scenario() -> None:
        a, b = await _two_histories(tmp_path)
        _promoted(a.parent)
        async with open_shop(a.parent, stocked=False) as shop:
            await done(shop, RaiseAlert("twin_alone"), SYSTEM)
            last = await _sell(shop)
        _comes_back(a, b)
        _given(a, b)
        async with open_shop(b.parent, stocked=False) as shop:
            assert [one.number for one in _listed(shop, b)] == [2, 3, last]

    run(scenario())


def test_what_no_one_was_answered_for_is_kept_and_given_to_no_one(tmp_path: Path) -> None:
    """The other box took over by votes: what this one had at its end was let out to no one."""

    async def scenario() -> None:
        a, b = tmp_path / "a", tmp_path / "b"
        async with open_shop(a) as shop:
            await _sell(shop)
        shutil.copytree(a, b)
        async with open_shop(a, stocked=False) as shop:
            await _sell(shop)
        ledger = Ledger(config(b, CONFIG), FakeClock())
        begin_led_epoch(ledger.writer, 1_800_000_000_000_000, TURN, "b", 2)
        assert not leave_out_numbers(ledger.db, ledger.writer, ledger.registry, ("1",), 0), "no number is skipped"
        ledger.close()
        _comes_back(a / "data", b / "data")
        assert aside.count(a / "data" / "twin") > 0
        given: list[object] = []
        AsideCourier(a / "data", "a", lambda *what: given.append(what)).look("b", HANDBACK_RETRY_MS)
        assert given == []

    run(scenario())


def test_no_one_names_a_file_elsewhere(tmp_path: Path) -> None:
    assert not aside.take(tmp_path, "../1-2", b"")
    assert not (tmp_path / QUARANTINE).exists()


def test_each_paper_that_waits_is_reported_once_and_what_is_decided_follows(tmp_path: Path) -> None:
    async def scenario() -> None:
        a, b = await _two_histories(tmp_path)
        _comes_back(a, b)
        _given(a, b)
        async with open_shop(b.parent, stocked=False) as shop:
            report = AsideReport(shop, Quarantine(b).rows)
            before = len(of_type(shop, AsideReported))
            assert not await report.report() and not await report.report()
            reported = of_type(shop, AsideReported)[before:]
            papers = [(one.kind, one.register, one.number, one.total_minor) for one in reported if one.kind]
            assert papers == [("sale", "1", 2, 120), ("sale", "1", 3, 120)]
            assert len(reported) == len(_listed(shop, b)), "each once, also what is no paper"
            assert {one.command for one in reported} == {one.id for one in _listed(shop, b)}
            first = next(one for one in _listed(shop, b) if one.kind)
            assert isinstance(await shop.do(_bring(first), OWNER), Done), "and it comes in as before"

    run(scenario())
