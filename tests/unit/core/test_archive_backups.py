"""What is archived is in the backups, too: each file sealed once beside them, and anew where that one is damaged."""

from __future__ import annotations

import pytest

from edge.core.journal import archive, archive_manifest
from edge.core.journal.rows import facts, read_rows
from edge.core.journal.verify import verify
from edge.core.secrets import keys
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger, build_registry
from edge.operations.maintenance import upgrade
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring import restore
from edge.runtime.config import Config
from tests.shop_fixture import FakeClock
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


def test_archived_facts_that_are_damaged_beside_the_backups_are_sealed_anew(lived: tuple[Config, FakeClock]) -> None:
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
