"""Makes France's archive of a tax year once the year is closed.

It's stored with its signature in the folder `fiscal` of the data and next to the backups. It isn't encrypted, as the
administration must be able to read it. A missing file is reproduced from its record, byte for byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from edge.accounting.fiscal import FiscalKeys, settings_of
from edge.accounting.fiscal.authority_files import Authorities, MadeFile, reproduction_params
from edge.accounting.fiscal.closing import first_day, last_day
from edge.accounting.fiscal.commands import SignLog
from edge.accounting.fiscal.queries import archive_of, closed_years, regime_at
from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refusal
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import open_reader
from edge.core.till_first import TillFirstElsewhere
from edge.counter.till.from_config import till_settings
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.runtime.backup_state import destinations
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
FOLDER = "fiscal"
EVERY_S = 900.0


class YearArchivePart:
    """Makes the archives of closed tax years, and writes missing files again."""

    def __init__(self, config: Config, shop: CommandBus) -> None:
        self._config = config
        self._shop = shop
        self._settings = settings_of(config)
        keys = FiscalKeys(secrets_of(config.folder))
        self._files = Authorities(shop.registry, till_settings(config), self._settings, keys)

    @property
    def is_on(self) -> bool:
        """Whether French law applies; otherwise the part doesn't run."""
        return "fr" in self._settings.regimes

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, EVERY_S)

    async def look(self) -> int:
        """Make missing archives. Returns the number of files written."""
        laid = 0
        for year in closed_years(self._shop.reader, "fr"):
            try:
                laid += await self._lay(year)
            except (EdgeError, OSError, Refusal) as error:
                _log.warning("a year's archive couldn't be created", year=year, why=str(error))
        return laid

    async def _lay(self, year: str) -> int:
        lacking = [folder for folder in self._places() if not (folder / f"{year}.zip.jws").exists()]
        if not lacking:
            return 0
        while isinstance(told := await self._shop.do(SignLog(), system()), Done) and told.result:
            pass
        made, is_new = await asyncio.to_thread(self._make_archive, year)
        if is_new and not isinstance(await self._shop.do(made.record_command, system()), Done):
            return 0
        return await asyncio.to_thread(_write_archive, made, year, lacking)

    def _make_archive(self, year: str) -> tuple[MadeFile, bool]:
        """The archive of a year, and whether it's new, that is, not recorded yet."""
        last = self._settings.last_month
        db = open_reader(self._shop.path)
        try:
            db.execute("BEGIN")
            law = regime_at(db, "fr")
            since, until = max(first_day(year, last), law.since if law else ""), last_day(year, last)
            rest = TillFirstElsewhere(db).rest
            if noted := archive_of(db, "fr", since, until):
                return self._files.make_file(db, reproduction_params(noted), rest), False
            now_us = self._shop.now_us()
            wanted = self._files.plan_file(db, "fr", since, until, "", now_us, self._config.business_date(now_us))
            return self._files.make_file(db, wanted, rest), True
        finally:
            db.close()

    def _places(self) -> Iterator[Path]:
        """The folders for archives. A disk that isn't connected is written later."""
        yield self._config.folder / FOLDER
        backup = self._config.backup
        try:
            place = destinations.find(backup.folder, backup.disk) if backup.folder else None
        except EdgeError:
            return
        if place and place.is_dir():
            yield place / FOLDER


def _write_archive(made: MadeFile, year: str, folders: list[Path]) -> int:
    """Write the archive to folders, and return how many were written. The signature is written last, as it marks both
    files as complete."""
    laid = 0
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / f"{year}.zip", made.data)
            write_whole(folder / f"{year}.zip.jws", made.beside.encode())
            laid += 1
        except OSError as error:
            _log.warning("a year's archive couldn't be stored", place=str(folder), why=str(error))
    return laid
