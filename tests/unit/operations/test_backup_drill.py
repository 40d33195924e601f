"""Of two boxes the one that follows tries the newest backup, and the one that leads remembers what came of it."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.twin.copy.backup_drill import BackupDrill
from edge.backoffice.twin.copy.data_files import DataFiles
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.core.clock import SystemClock
from edge.core.process.parts import Part, Supervisor
from edge.counter.till.commands import AddLine, Pay
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.part import MaintenancePart
from edge.runtime.backup_state import status
from edge.runtime.backup_state.schedule import DAY_US
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import Config, load
from tests.http_client import when
from tests.shop_fixture import CONFIG, MILK, FakeClock, done, open_shop, run

BACKUP = '\n[backup]\nfolder = "%s"\nsame_disk = true\ndrill_days = 7\narchive_after_days = 0\n'


async def _sold(folder: Path) -> None:
    async with open_shop(folder) as shop:
        await done(shop, AddLine(MILK))
        await done(shop, Pay("card"))


def _has_backups(config: Config) -> bool:
    return bool(backup.list_backups(backup.place_of(config), config.header))


def _with_a_backup(folder: Path) -> tuple[Config, Path, int]:
    """A shop, the newest of its backups, and when that was made."""
    run(_sold(folder))
    file = folder / "config.toml"
    file.write_text(CONFIG + BACKUP % (folder / "usb"))
    loaded, now_us = load(file), SystemClock().read().at_us
    status.note(loaded.folder, backup_us=now_us)
    return loaded, backup.make(loaded, now_us).path, now_us


def test_the_box_that_follows_tries_the_newest_backup_once_a_week(tmp_path: Path) -> None:
    loaded, made, now_us = _with_a_backup(tmp_path)
    copy, drills = LedgerCopy(loaded.folder), list[Drill]()
    tries = BackupDrill(copy, loaded.file, drills.append, _has_backups)
    tries.look(now_us)
    assert [(one.name, one.fault) for one in drills] == [(made.name, "")]
    assert status.load(loaded.folder).drill == Drill(), "who leads remembers it, in the file that both have"
    assert sorted(path.name for path in (loaded.folder / "twin").iterdir()) == [], "nothing of it is left"
    tries.look(drills[0].at_us + DAY_US)
    assert len(drills) == 1
    made.write_bytes(made.read_bytes()[:-100])
    status.note(loaded.folder, drill_us=now_us - 8 * DAY_US)
    BackupDrill(copy, loaded.file, drills.append, _has_backups).look(now_us)
    assert drills[-1].fault, "one that cannot be restored is found"


def test_a_box_that_does_not_reach_the_backups_leaves_them_to_the_other_one(tmp_path: Path) -> None:
    loaded, made, now_us = _with_a_backup(tmp_path)
    made.unlink()
    drills: list[Drill] = []
    BackupDrill(LedgerCopy(loaded.folder), loaded.file, drills.append, _has_backups).look(now_us)
    assert drills == []


def test_the_box_that_leads_remembers_what_the_other_one_found(tmp_path: Path) -> None:
    loaded, made, now_us = _with_a_backup(tmp_path)
    other = Drill(now_us - 1, made.name, 2.5, "it is cut short")

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            files = DataFiles(loaded.folder)
            supervisor = Supervisor(shop.bus)
            supervisor.start(Part("backup", MaintenancePart(loaded, shop.clock, shop, lambda: other).run))

            async def kept() -> Drill:
                return status.load(loaded.folder).drill

            await when(kept, lambda drill: drill == other, "it is remembered")
            state = supervisor.states["backup"]
            assert "it is cut short" in state.what, "and said"
            assert status.FILE in [one.path for one in files.changes()], "and the other box has it when it leads"
            await supervisor.stop()

    run(scenario())
