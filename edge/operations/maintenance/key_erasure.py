"""Remove the keys of forgotten people from every reachable place, and report the unreachable ones.

Runs as a part: it rewrites the table of keys (`core/people/key_rotation.py`), then the files next to the backups.
"""

from __future__ import annotations

import asyncio
from contextlib import closing

import structlog

from edge.core.clock import Clock
from edge.core.command_bus import CommandBus
from edge.core.people import key_rotation, remarks, wrapping_keys
from edge.core.people.forgetting import ForgetPerson
from edge.core.process.parts import PartState, Ready
from edge.core.secrets import keys
from edge.core.storage.database import Connection, ProcessLock, open_reader
from edge.foundation.access.rights import system
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import backup, encrypted_file, people
from edge.runtime.backup_state import status
from edge.runtime.backup_state.limits import ERASE_EVERY_S, ERASE_RETRY_S
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)
LOCK = "keeping.lock"


class Erasing:
    """Part that erases the keys of forgotten people. `every_s`: the interval of checks."""

    def __init__(self, config: Config, clock: Clock, shop: CommandBus, every_s: float = ERASE_EVERY_S) -> None:
        self._config = config
        self._clock = clock
        self._shop = shop
        self._every_s = every_s
        self._tried_s = -ERASE_RETRY_S
        self._seen = ""
        self._fault: NeedsHuman | None = None

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. A fault is reported as state, and retried."""
        while True:
            try:
                await self._expire()
                await self._rotate()
                await self._copy()
                ready(self._state())
            except NeedsHuman as error:
                ready(PartState("", "lost", error.what, error.advice, error.key, error.values))
            await asyncio.sleep(self._every_s)

    async def _expire(self) -> None:
        """Delete the remarks of old days."""
        shop = self._shop
        for day in remarks.expired_days(shop.reader, self._config.business_date(self._clock.read().at_us)):
            await shop.do(ForgetPerson(day), system())

    async def _rotate(self) -> None:
        shop, now_us = self._shop, self._clock.read().at_us
        if not key_rotation.due(shop.reader, now_us):
            return
        await asyncio.to_thread(self._begin, now_us)
        more = True
        while more:
            async with shop.till_first.turn():
                answer = await shop.maintain(key_rotation.turn)
            if not isinstance(answer, bool):
                return  # nothing can be written to the disk at the moment
            more = answer
        if await asyncio.to_thread(key_rotation.truncate_wal, shop.path):  # otherwise in use: retry at the next check
            await asyncio.to_thread(self._end)

    def _begin(self, now_us: int) -> None:
        with closing(open_reader(self._shop.path)) as db:
            key_rotation.begin(db, self._shop.head, now_us)

    def _end(self) -> None:
        with closing(open_reader(self._shop.path)) as db:
            key_rotation.end(db)
        _log.info("the keys for personal data were rewritten")

    async def _copy(self) -> None:
        now_s = asyncio.get_running_loop().time()
        mark = people.mark_of(wrapping_keys.read(self._config.folder), key_rotation.last_forgotten(self._shop.reader))
        if mark == self._seen and now_s - self._tried_s < ERASE_RETRY_S:
            return
        self._seen, self._tried_s = mark, now_s
        self._fault = await asyncio.to_thread(update_key_copies, self._config, self._clock.read().at_us)

    def _state(self) -> PartState:
        if wrapping_keys.read(self._config.folder).held:
            what = (
                "Personal data is hidden because the ledger was restored. "
                "Someone's data may have been erased since that backup."
            )
            return PartState("", "lost", what, "See who it was: edge person show", "people.held")
        if (fault := self._fault) and key_rotation.last_forgotten(self._shop.reader) != (0, 0):
            what = (
                "Backups may still contain the keys of people whose data was erased, "
                "but these backups can't be reached."
            )
            return PartState("", "lost", what, fault.advice, "people.waiting")
        return PartState("", "ok")


def update_key_copies(config: Config, now_us: int) -> NeedsHuman | None:
    """Update the list of forgotten people and the key files next to the backups, if they're out of date.

    Returns the reason if that fails.
    """
    try:
        with closing(open_reader(config.ledger)) as db:
            secret = keys.stored_or_made(config.folder)
            gone = people.read_list(config.folder, config.header, secret)
            if (gone.people if gone else ()) != forgotten_people(db):
                people.keep_list(config, secret)
            old = stale(config, db)
            if not old and not (config.backup.is_wanted and _lacking(config, db)):
                return None
        lock, place = ProcessLock(config.folder, LOCK), backup.place_of(config)
        if lock.take():  # otherwise a backup is running, which updates them too
            try:
                if people.bring_lost(config, place, secret):
                    _log.warning("the lost keys for personal data were restored from the backup folder")
                elif old:
                    people.keep(config, place, secret, now_us)
            finally:
                lock.release()
    except NeedsHuman as error:
        return error
    return None


def _lacking(config: Config, db: Connection) -> bool:
    """Whether people's keys need a wrapping key that is missing on this box."""
    here = {one.id for one in wrapping_keys.read(config.folder).keys}
    return any(by not in here for (by,) in db.execute("SELECT DISTINCT wrapping FROM person_key"))


def forgotten_people(db: Connection) -> tuple[str, ...]:
    """All forgotten people."""
    return tuple(person for (person,) in db.execute("SELECT person FROM person_forgotten ORDER BY person"))


def stale(config: Config, db: Connection) -> bool:
    """Whether the files next to the backups are older than a forgetting. For an unreachable folder, the last write
    there is used."""
    mark = people.mark_of(wrapping_keys.read(config.folder), key_rotation.last_forgotten(db))
    if not config.backup.is_wanted or not mark:
        return False
    try:
        path = backup.place_of(config) / people.keys_name(config.header)
        return encrypted_file.read_label(path).hash != mark
    except encrypted_file.Damaged:
        return True
    except NeedsHuman:
        return status.load(config.folder).people_mark != mark


def pending(config: Config, now_us: int) -> list[str]:
    """A sentence per place with data of forgotten people that will be removed automatically."""
    found = []
    with closing(open_reader(config.ledger)) as db:
        if key_rotation.due(db, now_us):
            found.append("In the ledger, until the running shop has rewritten the keys, in about a minute.")
        if stale(config, db):
            found.append("In the backup folder, until it can be reached.")
    return found
