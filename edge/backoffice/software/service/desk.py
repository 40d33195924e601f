"""Advances an update step by step: download, test by the installer, install when idle, evaluate.

Each step is recorded in the journal before the next begins, so that the old or the new version can continue.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import structlog

from edge.backoffice.software.commands import MoveSoftware
from edge.backoffice.software.events import Step
from edge.backoffice.software.queries import SoftwareUpdate, open_update
from edge.backoffice.software.rules import ASKED_BACK, Wellness, worse
from edge.backoffice.software.service import fetching, stick
from edge.backoffice.software.service.shop_now import shop_now, update_blocker, wellness
from edge.backoffice.software.service.update_files import (
    Quiet,
    UpdateOutcome,
    UpdatePlaces,
    UpdateRequest,
    Well,
    Work,
    read,
    write,
)
from edge.backoffice.software.settings import SoftwareSettings, live
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.process.parts import PartState
from edge.core.storage.migrate import version as schema_of
from edge.foundation.access.rights import system
from edge.runtime.head_office import HeadOffice

AGAIN_S = 20.0
SWAPPING_S = 2.0
"""How often the status is sent while the installer is asked to swap, as the installer depends on it."""
_ENDS: Mapping[str, Step] = {"swapped": "healthy", "stuck": "stuck"}
_log = structlog.get_logger(__name__)


class SoftwareDesk:
    """Advances the update in progress step by step.

    `own`: the running version; `states`: the parts that must work again afterwards. `is_alone`: the store has no other
    box, or no head office that would give turns.
    """

    def __init__(
        self,
        shop: CommandBus,
        places: UpdatePlaces,
        settings: SoftwareSettings,
        states: Callable[[], Iterable[PartState]],
        office: HeadOffice,
        own: str,
        now_us: Callable[[], int],
        monotonic: Callable[[], float] = time.monotonic,
        is_alone: bool = False,
    ) -> None:
        self._shop, self._places, self._settings = shop, places, live(settings)
        self._states, self._office, self._own, self._now_us = states, office, own, now_us
        self._monotonic, self._is_alone = monotonic, is_alone

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled: take a step on each request, and every 20 seconds during an update."""
        ready()
        news = self._shop.bus.subscribe(COMMITTED)
        try:
            while True:
                step = await self.turn()
                with suppress(TimeoutError):
                    async with asyncio.timeout(SWAPPING_S if step == "swapping" else AGAIN_S if step else None):
                        await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def turn(self) -> str:
        """Take a step of the update in progress. Returns the step it was at, or ""."""
        update = open_update(self._shop.reader)
        if update is None:
            return ""
        match update.step:
            case "asked":
                await self._fetch(update)
            case "fetched":
                await self._prepare(update)
            case "rehearsed":
                await self._wait(update)
            case _:
                await self._swap(update)
        return update.step

    async def _fetch(self, update: SoftwareUpdate) -> None:
        if update.release == self._own:
            await self._move(update, "healthy")
        elif not self._places.trusted_keys():
            await self._move(update, "refused", "no_key")
        else:
            try:
                if await (self._from_stick(update) if update.is_from_stick else self._from_office(update)):
                    await self._move(update, "fetched")
            except fetching.Unfit as error:
                await self._move(update, "refused", str(error))

    async def _from_office(self, update: SoftwareUpdate) -> bool:
        """Download the release. Returns whether it's complete. Raises `Unfit`."""
        if not self._office.is_reachable:
            return False
        return await fetching.fetch(self._places, self._office, update.release, update.digest, self._own)

    async def _from_stick(self, update: SoftwareUpdate) -> bool:
        """Copy the release from a USB stick. If head office is reachable, it must have the same release, as it's always
        updated first."""
        wanted = (update.release, update.digest)
        if self._office.is_reachable:
            held = await fetching.is_held(self._office, *wanted)
            if held is None:
                return False
            if not held:
                raise fetching.Unfit("unknown")
        await asyncio.to_thread(stick.bring, self._places, *wanted, self._own)
        return True

    async def _prepare(self, update: SoftwareUpdate) -> None:
        outcome = self._ask(update, "prepare")
        if outcome is not None:
            step: Step = "rehearsed" if outcome.outcome == "prepared" else "refused"
            await self._move(update, step, outcome.reason)

    async def _wait(self, update: SoftwareUpdate) -> None:
        """Wait until the update may begin: the shop must be idle, and head office must give this box its turn. Records
        the current health for comparison."""
        if self._blocker() or not await self._has_turn(update):
            return
        write(self._places.inbox / "before.json", self._wellness())
        self._places.well.unlink(missing_ok=True)
        await self._move(update, "swapping")

    async def _has_turn(self, update: SoftwareUpdate) -> bool:
        """Whether it's this box's turn. With a single box, an update from a USB stick needs no permission while head
        office is unreachable."""
        if update.is_from_stick and self._is_alone and not self._office.is_reachable:
            return True
        return await fetching.has_turn(self._office, update.release)

    async def _take_back(self, update: SoftwareUpdate) -> None:
        """Return to the previous version between two sales, also by day: a manager asked for it."""
        self._say_quiet(not shop_now(self._shop.reader, self._now_us(), self._settings.at(self._shop.reader).zone).work)
        outcome = self._ask(update, "return")
        if outcome is not None:
            is_back = outcome.outcome == "went_back"
            await self._move(update, "went_back" if is_back else "healthy", outcome.reason)

    async def _swap(self, update: SoftwareUpdate) -> None:
        if update.reason == ASKED_BACK:
            await self._take_back(update)
            return
        runs = update.release == self._own
        if (
            not runs
            and not self._say_quiet(not self._blocker())
            and read(self._places.request, UpdateRequest) != self._request(update, "swap")
        ):
            return
        outcome = self._ask(update, "swap")
        if outcome is not None:
            await self._move(update, _ENDS.get(outcome.outcome, "went_back"), outcome.reason)
        elif runs and not self._worse():
            write(self._places.well, Well(self._own))

    def _say_quiet(self, is_quiet: bool) -> bool:
        """Refresh the idle marker while there are no sales, as the installer checks it just before starting. Returns
        whether the shop is idle."""
        if is_quiet:
            write(self._places.quiet, Quiet(self._monotonic()))
        else:
            self._places.quiet.unlink(missing_ok=True)
        return is_quiet

    def _worse(self) -> str:
        before = read(self._places.inbox / "before.json", Wellness)
        found = worse(before, self._wellness()) if before else ""
        if found:
            _log.info("this version isn't healthy yet", why=found)
        return found

    def _blocker(self) -> str:
        db = self._shop.reader
        return update_blocker(db, self._now_us(), self._settings.at(db))

    def _wellness(self) -> Wellness:
        return wellness(self._shop.reader, self._shop.registry, self._states(), self._office.is_reachable)

    def _ask(self, update: SoftwareUpdate, work: Work) -> UpdateOutcome | None:
        """The installer's result; requests the work if necessary."""
        request = self._request(update, work)
        found = read(self._places.outcome, UpdateOutcome)
        if found is not None and found.id == request.id:
            return found
        if read(self._places.request, UpdateRequest) != request:
            write(self._places.request, request)
        return None

    def _request(self, update: SoftwareUpdate, work: Work) -> UpdateRequest:
        id, schema = self._id_of(f"{update.directive}-{work}"), schema_of(self._shop.reader)
        return UpdateRequest(id, work, update.release, schema)

    def _id_of(self, base: str) -> str:
        """The id of a task; a new one if the installer postponed it because of a sale."""
        done = read(self._places.outcome, UpdateOutcome)
        if done is None or (done.id != base and not done.id.startswith(f"{base}-")):
            return base
        if done.outcome != "waits":
            return done.id
        return f"{base}-{int(done.id.removeprefix(base).lstrip('-') or 0) + 1}"

    async def _move(self, update: SoftwareUpdate, step: Step, reason: str = "") -> None:
        _log.info("software", release=update.release, step=step, reason=reason)
        await self._shop.do(MoveSoftware(update.directive, step, reason), system())
