"""What is archived is in the backups, too: each file sealed once beside them, and again where that one is damaged."""

from __future__ import annotations

from contextlib import closing

import pytest

from edge.analytics.insight.explain import ExplainFigure
from edge.core.journal import archive, archive_manifest
from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles, open_view
from edge.core.journal.rows import facts, read_head, read_rows
from edge.core.journal.verify import verify
from edge.core.secrets import keys
from edge.core.storage.database import Connection
from edge.counter.till.commands import AddLine, Pay
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger, build_registry
from edge.operations.maintenance import upgrade
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring import restore
from edge.runtime.config import Config
from tests.shop_fixture import CASHIER, MILK, FakeClock, open_shop, run
from tests.unit.operations import test_archive
from tests.unit.operations.test_archive import archived, held, reading

lived = test_archive.lived


def test_a_backup_has_the_archive_too_and_an_upgrade_reads_it(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    with reading(loaded) as db:
        before = read_rows(db, 1, 10_000)
    archived(loaded, clock)
    assert upgrade.rehearse(loaded).faults == ()
    loaded.file.write_text("# of the shop\n")
    word = archive_manifest.read(loaded.folder / archive.FOLDER)
    found = backup.make(loaded, clock.read().at_us)
    secret = keys.stored_or_made(loaded.folder)
    assert restore.drill(loaded, found, secret, clock.read().at_us).faults == ()
    loaded.file.write_text("# another\n")
    restored = restore.restore(loaded, found.path, secret, clock, replace=True)
    assert restored.settings is not None and restored.settings.read_text() == "# of the shop\n"
    assert loaded.file.read_text() == "# another\n"
    assert archive_manifest.read(loaded.folder / archive.FOLDER) == word
    with reading(loaded) as db:
        assert archive_manifest.open_base(db, loaded.folder / "base.db")
        rows = [fact.seq for fact in facts(db, build_registry(loaded))]
        assert rows == list(range(1, len(before) + 6)), "a new epoch, and two registers' numbers that are left out"
        assert verify(db, build_registry(loaded)).faults == ()
    sealed = next((found.path.parent / archive.FOLDER).iterdir())
    sealed.unlink()
    with pytest.raises(NeedsHuman, match="must be in the folder “archive”"):
        restore.restore(loaded, found.path, secret, clock, replace=True)


def test_archived_facts_that_are_damaged_beside_the_backups_are_sealed_again(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    archived(loaded, clock)
    secret = keys.stored_or_made(loaded.folder)

    def drilled() -> tuple[str, ...]:
        return restore.drill(loaded, backup.make(loaded, clock.read().at_us), secret, clock.read().at_us).faults

    assert drilled() == ()
    beside = (loaded.folder.parent / "usb" / archive.FOLDER).iterdir()
    sealed = next(path for path in beside if not path.name.startswith("base-"))
    sealed.write_bytes(sealed.read_bytes()[:-1])
    with pytest.raises(NeedsHuman, match=sealed.name) as caught:
        drilled()
    assert caught.value.advice == "It is encrypted again with the next backup: edge backup now"
    assert drilled() == ()

    sealed.write_bytes(b"")
    ours = loaded.folder / archive.FOLDER / sealed.name.removesuffix(backup.SUFFIX)
    ours.rename(ours.with_suffix(".away"))
    with pytest.raises(NeedsHuman, match=sealed.name) as caught:
        drilled()
    assert caught.value.advice == "Take another one: edge backup list"
    assert sealed.exists(), "there is nothing to make another of"


def test_backups_keep_the_tables_of_a_checkpoint_as_long_as_one_of_them_names_them(
    lived: tuple[Config, FakeClock],
) -> None:
    loaded, clock = lived
    kept = []
    for days, through in ((0, 45), (0, 70), (400, 70)):
        clock.advance(days * 86_400)
        ledger = Ledger(loaded, clock)
        held(ledger, min(through, ledger.writer.head.seq))
        ledger.close()
        archived(loaded, clock)
        found = backup.make(loaded, clock.read().at_us)
        bases = {path.name for path in (found.path.parent / archive.FOLDER).glob("base-*")}
        kept.append(bases)
        assert {f"{name}{backup.SUFFIX}" for name in found.label.archives if name.startswith("base-")} <= bases
    assert [len(bases) for bases in kept] == [1, 1, 1], "those of the same day give way"
    assert kept[0] != kept[1]


def test_the_past_and_its_figures_open_on_a_restored_ledger_with_archived_rows(
    lived: tuple[Config, FakeClock],
) -> None:
    """What the box had built of the history that the backup replaces isn't believed."""
    loaded, clock = lived
    archived(loaded, clock)
    registry, secret = build_registry(loaded), keys.stored_or_made(loaded.folder)
    found = backup.make(loaded, clock.read().at_us)
    with reading(loaded) as db:
        through = read_head(db).seq
        was = read_past(db, loaded, through)

    async def sell_more() -> None:
        async with open_shop(loaded.folder.parent, clock) as shop:
            await shop.do(AddLine(MILK), CASHIER)
            await shop.do(Pay("cash"), CASHIER)

    run(sell_more())
    with reading(loaded) as db:
        abandoned = read_past(db, loaded, read_head(db).seq)
    assert abandoned != was
    for lost in loaded.folder.glob(f"{loaded.ledger.name}*"):  # with the ledger, its later sales would come back
        lost.unlink()
    restore.restore(loaded, found.path, secret, clock, replace=True)
    run(sell_more())
    run(sell_more())
    with reading(loaded) as db:
        head = read_head(db).seq
        assert read_past(db, loaded, through) == was
        assert read_past(db, loaded, 30)[0] < was[0]
        now = read_past(db, loaded, head)
        assert now[0] == was[0] + 2 * 120
        (day,) = db.execute("SELECT max(business_date) FROM journal").fetchone()
        for key in (("reports.day_minor", f"{day}\ntotal_minor"), ("stock.on_hand", "milk")):
            figure = ExplainFigure(key[0], "", "", key[1], "UTC", head).read(db, registry)
            assert figure is not None and figure.parts
            assert (figure.left_over, figure.faults) == ((0, 0), ())
        assert find_moment(db, PastFiles(loaded.ledger).folder, clock.at_us).seq == head


def read_past(db: Connection, loaded: Config, through: int) -> tuple[int, list[str]]:
    """What was sold by a row, and the rows of stock then, as its view has them."""
    files = PastFiles(loaded.ledger)
    with closing(open_view(files.view(db, build_registry(loaded), through), loaded.ledger, through)) as then:
        (sold,) = then.execute("SELECT sum(total_minor) FROM receipt").fetchone()
        return sold, sorted(map(repr, then.execute("SELECT * FROM stock")))
