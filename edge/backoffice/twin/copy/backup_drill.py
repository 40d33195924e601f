"""Tests the newest backup on a follower that can reach it, by restoring and verifying it in a temporary folder, as a
single box does. The leader stores the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.copy.shop_copy import copy_shop
from edge.lib.errors import EdgeError
from edge.runtime.backup_state import status
from edge.runtime.backup_state.schedule import due
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import Config, load

_log = structlog.get_logger(__name__)

PLACE = "drill"
SHOWN_CHARS = 500


class BackupDrill:
    """Restore tests of backups, for the shop of the ledger `copy`. `file`: config.toml; `done` receives results.
    `has_backups`: whether backups can be reached here; otherwise the leader tests them, a day later."""

    def __init__(
        self, copy: LedgerCopy, file: Path, done: Callable[[Drill], None], has_backups: Callable[[Config], bool]
    ) -> None:
        self._copy, self._file, self._done, self._has_backups = copy, file, done, has_backups
        self._last_us = 0

    def look(self, now_us: int) -> None:
        """Test the newest backup if a test is due. If it fails, raises `Hurried`, `OSError`, `SubprocessError` or
        `ValueError`."""
        try:
            config = load(self._file)
        except EdgeError as error:
            raise ValueError(error.what) from error
        kept = status.load(self._copy.folder)
        newest = msgspec.structs.replace(kept, drill_us=max(kept.drill_us, self._last_us))
        if due(newest, config.backup, config.store.zone, now_us) != "drill" or not self._has_backups(config):
            return
        with copy_shop(self._copy, self._file, PLACE, has_backups=True) as shop:
            before = status.load(shop.data).drill
            ended = shop.run("drill")
            found = status.load(shop.data).drill
        if found == before:
            raise OSError(f"edge drill: {(ended.stdout + ended.stderr).strip()[:SHOWN_CHARS]}")
        self._last_us = found.at_us
        _log.info("the latest backup was tested", name=found.name, fault=found.fault)
        self._done(found)
