"""Shifts through the door: the drawer, its count, its paper, the report of the day; and what needs one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.people.forgetting import ForgetPerson
from edge.counter.shifts.commands import CloseShift, Counted, MoveCash, OpenDrawer, OpenShift, PrintShift
from edge.counter.shifts.events import Amount, ShiftClosed
from edge.counter.shifts.handlers import Closed, DrawerNow, ShiftHandlers
from edge.counter.shifts.queries import read_drawer, read_shifts
from edge.counter.shifts.settings import ShiftSettings
from edge.counter.till.commands import AddLine, DiscountBasket, Pay, PrintReport, RefundSale, VoidLastSale
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.printing.commands import QueuePrint, SettlePrint
from edge.foundation.printing.document import Document, Text
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import PrintJob, read_print_job
from edge.foundation.settings.commands import SetSetting
from edge.ordering.delivery.commands import HandInCash
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, open_shop, run

DAY_S = 24 * 3600


async def do(shop: CommandBus, command: Command, actor: Actor = MANAGER) -> Any:
    done = await shop.do(command, actor)
    assert isinstance(done, Done), done
    return done.result


def test_a_float_of_ten_times_the_last_one_is_asked_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(20_000), CASHIER)
            await do(shop, CloseShift(counted_minor=20_000))
            asked = await shop.do(OpenShift(2_000_000), CASHIER)
            assert isinstance(asked, Refused)
            assert (asked.code, asked.values) == ("confirm_float", {"float_minor": 2_000_000, "usual_minor": 20_000})
            assert await do(shop, OpenShift(2_000_000, answers=(asked.answer,)), CASHIER) == 2

    run(scenario())


async def milk(shop: CommandBus, kind: str = "cash", actor: Actor = MANAGER) -> None:
    """A sale of 1.20, of which cash is given as 2.00."""
    await do(shop, AddLine(MILK), actor)
    await do(shop, Pay("cash", 200) if kind == "cash" else Pay("card"), actor)


def closed(shop: CommandBus) -> ShiftClosed:
    """How the newest shift ended."""
    found = [fact.event for fact in facts(shop.reader, shop.registry) if isinstance(fact.event, ShiftClosed)]
    return found[-1]


def jobs(shop: CommandBus, kind: str) -> list[PrintJob]:
    ids = shop.reader.execute("SELECT id FROM print_job WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [job for (id,) in ids if (job := read_print_job(shop.reader, id)) is not None]


def now(shop: CommandBus, blind: bool = False) -> DrawerNow:
    return ShiftHandlers(ShiftSettings("EUR", blind=blind)).drawer(shop.reader, "1")


def test_a_shift_from_its_float_to_its_difference(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert await do(shop, OpenShift(10_000), CASHIER) == 1
            assert await shop.do(OpenShift(), CASHIER) == Refused("shift_open", {"number": 1})
            await milk(shop)
            await milk(shop, "card")
            await milk(shop)
            await do(shop, VoidLastSale("wrong"))
            await do(shop, RefundSale(1))
            await milk(shop)
            await do(shop, MoveCash("top_up", 2000, "coins"))
            await do(shop, MoveCash("payout", 350, "window cleaner"))
            await do(shop, MoveCash("drop", 5000))
            await do(shop, OpenDrawer("change for a note"), CASHIER)
            assert len(jobs(shop, "drawer")) == 10, "opened for the float, cash, moves, and once without"
            expected = 10_000 + 120 + 2000 - 350 - 5000
            assert now(shop).expected_minor == expected
            assert (now(shop, blind=True).expected_minor, now(shop, blind=True).moved) == (None, {})
            pieces = (Counted(5000, 1), Counted(1000, 1), Counted(500, 1), Counted(50, 5), Counted(200, 0))
            ended = await do(shop, CloseShift(pieces=pieces, note="short"), CASHIER)
            assert ended == Closed(1, expected, 6750, -20)
            event = closed(shop)
            assert (event.sales, event.voids, event.refunds) == (Amount(4, 480), Amount(1, -120), Amount(1, -120))
            assert (event.total_minor, event.tenders["card"], event.opened) == (240, Amount(1, 120), 1)
            assert (event.first, event.last, sum(row.tax_minor for row in event.taxes)) == (1, 6, 12)
            assert len(event.pieces) == 4
            slip = plain_text(readable(shop.reader, jobs(shop, "cash")[1].document))
            assert "Paid out" in slip and "3.50 EUR" in slip and "window cleaner" in slip
            (paper,) = jobs(shop, "shift")
            said = [" ".join(line.split()) for line in plain_text(paper.document).splitlines()]
            assert {"Float 100.00", "Expected 67.70", "Counted 67.50", "Paid out 1 -3.50"} <= set(said)
            assert await shop.do(CloseShift(0), CASHIER) == Refused("no_shift")
            assert now(shop) == DrawerNow()
            elsewhere = anonymous_actor("2").with_rights("manage", "override")
            await do(shop, PrintShift(1, "1"), elsewhere)
            again = jobs(shop, "shift")[-1]
            assert (again.register, again.document.rows[1:]) == ("2", paper.document.rows)
            assert "COPY 1" in plain_text(again.document)
            await do(shop, PrintShift(1, "1"), elsewhere)
            assert "COPY 2" in plain_text(jobs(shop, "shift")[-1].document)
            for copies in (True, False):
                await do(shop, PrintReport("z"), elsewhere)
                said = " ".join(plain_text(jobs(shop, "report")[-1].document).split())
                assert ("Shift report copies 2" in said) is copies, "counted on the Z of who printed them"
            nobody = Refused("no_such_shift", {"number": 1, "register": "2"})
            assert await shop.do(PrintShift(1), elsewhere) == nobody
            (shift,) = read_shifts(shop.reader)
            assert (shift.difference_minor, shift.total_minor, shift.opened_by) == (-20, 240, "cashier")
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_shifts_are_a_registers_own_and_the_report_of_a_day_names_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await milk(shop)  # before any shift
            await do(shop, OpenShift(1000))
            await do(shop, OpenShift(500), Actor("ann", "cashier", "2", CASHIER.rights))
            await milk(shop)
            assert (read_drawer(shop.reader, "1").expected_minor, read_drawer(shop.reader, "2").expected_minor) == (
                1120,
                500,
            )
            await do(shop, CloseShift(1120))
            await do(shop, OpenShift(1120))
            await do(shop, PrintReport("z"))
            said = plain_text(jobs(shop, "report")[0].document)
            assert "Shift 1, difference" in said and "open" in said.splitlines()[-1]
            clock.advance(DAY_S)
            await milk(shop)
            assert [shift.number for shift in read_shifts(shop.reader) if shift.closed_us is None] == [2, 1]
            await do(shop, CloseShift(1200))
            assert (closed(shop).first, closed(shop).difference_minor) == (3, -40)
            clock.advance(DAY_S)
            await do(shop, PrintReport("z"))
            assert "Shift 2, difference" in plain_text(jobs(shop, "report")[1].document)
            await do(shop, PrintReport("z"))
            assert "Shift" not in plain_text(jobs(shop, "report")[2].document)
            assert [shift.register for shift in read_shifts(shop.reader, limit=2)] == ["1", "2"]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_drawer_is_not_counted_while_a_customer_pays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift())
            await do(shop, AddLine(MILK))
            await do(shop, Pay("cash", 100))
            assert await shop.do(CloseShift(0), CASHIER) == Refused("already_paying", {"paid_minor": 100})
            await do(shop, Pay("cash", 20))
            assert (await do(shop, CloseShift(120))).difference_minor == 0

    run(scenario())


def test_no_one_sells_without_a_shift_only_where_the_store_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG + "[shifts]\nrequired = true\n") as shop:
            for command in (AddLine(MILK), Pay("cash"), RefundSale(1)):
                assert await shop.do(command, MANAGER) == Refused("no_shift")
            for command in (MoveCash("drop", 1), HandInCash("u1", 0)):
                assert await shop.do(command, MANAGER) == Refused("no_shift")
            await do(shop, PrintReport("x"))
            await do(shop, OpenShift())
            await milk(shop)
            await do(shop, CloseShift(120))
            assert await shop.do(AddLine(MILK), MANAGER) == Refused("no_shift")
            await do(shop, SetSetting("shifts.required", False), SYSTEM)
            await milk(shop)

    run(scenario())


def test_who_must_sign_in_to_sell_must_to_open_a_drawer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text="till.sign_in = true\n" + CONFIG) as shop:
            for command in (OpenShift(), OpenDrawer(), CloseShift(0), HandInCash("u1", 0)):
                assert await shop.do(command, CASHIER) == Refused("sign_in_first")
            await do(shop, SetUser("dana", "Dana", "cashier", hash_pin("1357")), SYSTEM)
            dana = Actor("dana", "cashier", "1", CASHIER.rights)
            await do(shop, OpenShift(500), dana)
            assert now(shop).opened_by == "Dana"
            await do(shop, CloseShift(500), dana)
            assert "Dana" in paper(shop, "shift")
            assert read_shifts(shop.reader)[0].closed_by == "dana", "the journal knows her by her id alone"

    run(scenario())


def test_who_is_forgotten_is_named_by_no_paper_that_is_kept(tmp_path: Path) -> None:
    """Of a shift, of money, of a day; also by those that have her name in clear: of alerts, of earlier versions."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetUser("dana", "Dana Zuckerkandl", "cashier", hash_pin("1357")), SYSTEM)
            for kind in ("shift", "alert"):
                old = await do(shop, QueuePrint(kind, Document("en", (Text("Dana Zuckerkandl"),))), SYSTEM)
                await do(shop, SettlePrint(old, "sending", printer="printer"), SYSTEM)
                await do(shop, SettlePrint(old, "printed", printer="printer"), SYSTEM)
            dana = Actor("dana", "cashier", "1", MANAGER.rights)
            await do(shop, OpenShift(500), dana)
            await do(shop, MoveCash("top_up", 200, "coins"), dana)
            await do(shop, AddLine(MILK), dana)
            await do(shop, DiscountBasket(sum_minor=10, reason="goodwill"), dana)
            await do(shop, Pay("cash"), dana)
            await do(shop, CloseShift(810), dana)
            await do(shop, PrintReport("x"), dana)
            papers = ("cash", "shift", "report")
            for kind in papers:
                assert "Dana Zuckerkandl" in paper(shop, kind), "on paper she is named"
            kept = [document for (document,) in shop.reader.execute("SELECT document FROM print_job")]
            assert [b"Zuckerkandl" in document for document in kept].count(True) == 2, "in those alone"
            await do(shop, ForgetPerson("dana"), SYSTEM)
            for kind in papers:
                assert "dana" in paper(shop, kind) and "Zuckerkandl" not in paper(shop, kind)
        assert b"Zuckerkandl" not in ledger(shop)

    run(scenario())


def paper(shop: CommandBus, kind: str) -> str:
    """The newest of a kind as it is printed."""
    return plain_text(readable(shop.reader, jobs(shop, kind)[-1].document))


def ledger(shop: CommandBus) -> bytes:
    """All bytes of the ledger's files."""
    return b"".join(file.read_bytes() for file in sorted(shop.path.parent.glob("ledger.db*")))


def test_money_of_drivers_is_never_moved_by_hand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, OpenShift(500))
            for command in (MoveCash("driver", 100), MoveCash("handed_in", 100), MoveCash("drop", 100, paper=False)):
                assert await shop.do(command, MANAGER) == Refused("cash_of_deliveries")
            assert read_drawer(shop.reader, "1").expected_minor == 500

    run(scenario())


def test_a_drawer_that_is_far_off_wants_a_reason_and_a_manager(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            dana = msgspec.structs.replace(CASHIER, name="dana", rights=CASHIER.rights - {"override"})
            await do(shop, OpenShift(2_000_000), CASHIER)
            assert await shop.do(CloseShift(0), dana) == Refused("difference_why", {"most_minor": 2_000})
            assert await shop.do(CloseShift(0, note="typed 20000 for 200"), dana) == Refused("confirm_pin")
            ended = await do(shop, CloseShift(0, note="typed 20000 for 200"), MANAGER)
            assert ended.difference_minor == -2_000_000
            await do(shop, OpenShift(20_000), CASHIER)
            assert (await do(shop, CloseShift(18_000), dana)).difference_minor == -2_000, "so much may be"
            await do(shop, SetSetting("shifts.difference_most_minor", 0), SYSTEM)
            await do(shop, OpenShift(90_000), CASHIER)
            assert (await do(shop, CloseShift(0), dana)).difference_minor == -90_000

    run(scenario())
