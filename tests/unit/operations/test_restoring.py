"""Going on from a backup: a number that no one used, and local state that is no longer believed."""

import shutil
from itertools import combinations
from pathlib import Path

from edge.backoffice.directives.commands import TakeDirective
from edge.backoffice.directives.queries import last_received
from edge.core.clock import RELEASED_US
from edge.core.journal.epochs import CHANCE_BITS, begin_restored_epoch, epoch_after
from edge.core.journal.rows import EpochStarted, read_head
from edge.core.messages import Done
from edge.core.writer import Request
from edge.foundation.printing.commands import OPEN_DRAWER, QueuePrint
from edge.foundation.printing.document import Document, Text
from edge.foundation.printing.queries import next_print_job, unconfirmed_prints
from edge.operations.ledger import Ledger
from tests.shop_fixture import SYSTEM, FakeClock, config
from tests.unit.toys import Note, toy

YEAR_US = 365 * 86_400 * 1_000_000


def test_a_later_restore_has_the_higher_number() -> None:
    made = [epoch_after(1, RELEASED_US + seconds * 1_000_000, chance) for seconds, chance in ((9, 2**30 - 1), (10, 0))]
    assert made == sorted(made)
    assert made[0] < made[1] < epoch_after(1, RELEASED_US + YEAR_US, 0)


def test_it_is_above_whatever_is_known() -> None:
    known = epoch_after(1, RELEASED_US + YEAR_US, 5)
    for chance in (0, 1, 2**CHANCE_BITS - 1, 2**CHANCE_BITS):
        assert epoch_after(known, 0, chance) > known, "also where the clock is wrong"
    assert epoch_after(1, RELEASED_US + 100 * YEAR_US, 0) < 2**53, "what JavaScript holds"


def test_two_restores_of_one_backup_are_two_epochs_even_where_the_clock_stands_at_its_beginning() -> None:
    made = {epoch_after(1, 0, chance) for chance in range(0, 2**CHANCE_BITS, 65_537)}
    assert all(one != other for one, other in combinations(made, 2))
    assert len(made) == 16


def test_the_new_epoch_names_its_parent_and_goes_on_counting(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("before"))
        parent = house.writer.head
        begun = begin_restored_epoch(house.writer, RELEASED_US, 77, newest=1000)
        assert (begun.epoch, begun.seq) == (1001 + 77, parent.seq + 1)
        (row,) = house.db.execute("SELECT body FROM journal WHERE seq = ?", (begun.seq,)).fetchone()
        started = house.registry.decode("EpochStarted", 1, row)
        assert started == EpochStarted("restored", parent.epoch, parent.seq, parent.hash.hex())
        (done,) = house.do(Note("after"))
        assert isinstance(done, Done)
        assert done.epoch == begun.epoch
        assert house.faults() == ()


def test_paper_that_waits_in_a_backup_is_asked_about_and_not_printed(tmp_path: Path) -> None:
    """It may have been printed since the backup was made."""
    ledger = Ledger(config(tmp_path), FakeClock())
    spec = ledger.registry.commands[QueuePrint]
    actor = SYSTEM.with_rights()
    for number, queue in enumerate((QueuePrint("report", Document("en", (Text("a report"),))), OPEN_DRAWER)):
        ledger.writer.run([Request(spec, queue, actor, bytes([number] * 16), b"", True)], lambda *_: None)
    ledger.close()
    other = tmp_path / "restored"
    shutil.copytree(tmp_path / "data", other / "data")

    ledger = Ledger(config(other), FakeClock())
    begin_restored_epoch(ledger.writer, RELEASED_US, 0)
    assert next_print_job(ledger.db, "") is None
    (doubtful,) = unconfirmed_prints(ledger.db, "")
    assert (doubtful.kind, doubtful.problem) == ("report", "set_back")
    head = read_head(ledger.db)
    ledger.close()

    ledger = Ledger(config(tmp_path), FakeClock())
    assert ledger.writer.head.epoch != head.epoch, "the box that goes on as it was is another history"
    ledger.close()


def test_a_directive_that_had_not_ended_is_asked_for_again_by_a_recovered_box(tmp_path: Path) -> None:
    """The hub gives the journal back, and that says of a directive only how it ended."""
    ledger = Ledger(config(tmp_path), FakeClock())
    prices = '{"prices": [{"sku": "milk", "price_minor": 99}]}'

    def take(number: int, kind: str = "prices") -> int:
        before = ledger.writer.head.seq
        spec, id = ledger.registry.commands[TakeDirective], bytes([number, ledger.writer.head.seq % 256]) + bytes(14)
        request = Request(spec, TakeDirective(number, kind, prices), SYSTEM, id, b"", True)
        ledger.writer.run([request], lambda *_: None)
        return ledger.writer.head.seq - before

    assert [take(5), take(6, "weather")] == [0, 1], "one is a job now, the other refused at once"
    assert last_received(ledger.db) == 6
    for table in ("directive_open", "directive_body", "job", "directive_again"):
        ledger.db.execute(f"DELETE FROM {table}")
    begin_restored_epoch(ledger.writer, RELEASED_US, 0, reason="recovered")
    assert last_received(ledger.db) == 0
    assert [take(5), take(6, "weather")] == [0, 0]
    assert ledger.db.execute("SELECT number FROM directive_open").fetchall() == [(5,)]
    assert last_received(ledger.db) == 6
    assert take(9, "weather") == 1
    assert last_received(ledger.db) == 9
    ledger.close()


def test_a_backup_restored_twice_calls_no_order_by_the_number_of_the_first_time(tmp_path: Path) -> None:
    loaded = config(tmp_path)
    ledger = Ledger(loaded)
    called = []
    for epoch in (1_000, 1_001):
        ledger.db.execute("INSERT OR REPLACE INTO slip_order (register, number, note, open) VALUES ('1', 90, '', 0)")
        ledger.writer.begin_epoch(EpochStarted("restored"), epoch)
        called += ledger.db.execute("SELECT number FROM slip_order").fetchone()
    ledger.close()
    assert called == [90 + 33 + 1_000 % 33 - 99, 90 + 33 + 1_001 % 33 - 99], "far from those that followed the backup"
