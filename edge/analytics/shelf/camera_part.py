"""Part that takes pictures with one camera, periodically or on request, with lower priority than the till."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import structlog

from drivers.roles import Camera, DeviceError, Frame
from edge.analytics.shelf.commands import RecordCamera, RecordLook, RenewReference, SetPlanogram
from edge.analytics.shelf.events import FacingFlagged, GapClosed, GapFound, PlanogramSet
from edge.analytics.shelf.geometry import masks_seen_from
from edge.analytics.shelf.person_detector import PersonDetector
from edge.analytics.shelf.pictures import SNAPSHOTS, ShelfPictures
from edge.analytics.shelf.queries import read_planograms, renewed_picture
from edge.analytics.shelf.settings import ShelfSettings
from edge.analytics.shelf.sight_process import SightError, SightProcess
from edge.analytics.shelf.variants import VariantReader, fronts_of
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import PartState
from edge.foundation.access.rights import system
from edge.lib.errors import DeviceLost
from edge.lib.sight.kinds import (
    FRONTS,
    CameraState,
    Fingerprint,
    FingerprintTaken,
    Follow,
    Followed,
    FrontsRead,
    Look,
    Looked,
    Lookup,
    Mask,
    Prepare,
    Prepared,
    Renew,
    Seen,
)
from edge.runtime.config.device_uses import CameraUse

_log = structlog.get_logger(__name__)
SHELVES = "shelves"
"""Bus topic: a camera finished a look, or its state changed."""
FILE_FRESH_S = 600.0
FROZEN_LOOKS, FROZEN_S = 10, 600.0
CLOSED_S = 3600
BROKEN_FRAMES = 10
SURE_PERCENT = 90
"""Confidence in percent needed in all facings of a refilled bay before its picture becomes the reference."""
REFUSED_AGAIN_S = 900.0
PAUSES_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)
MORE, APART_S = 2, 0.04
"""Number of additional pictures, and their interval in seconds: lamps on 50 or 60 Hz flicker every 10 ms."""
OPENINGS = 2
"""Number of cameras opened at the same time."""


class StandsNow(NamedTuple):
    """A bay's current state: the name of its picture, transformed to the reference's perspective; the facings' states;
    and the readable barcodes of each facing's goods and label.
    """

    picture: str
    facings: tuple[Seen, ...]
    codes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]


class CameraPart:
    """A camera, whose state is reported when it changes."""

    def __init__(
        self,
        shop: CommandBus,
        camera: Camera,
        name: str,
        use: CameraUse,
        eyes: SightProcess,
        pictures: ShelfPictures,
        settings: ShelfSettings,
        openings: asyncio.Semaphore,
        today: Callable[[], str],
        variants: VariantReader,
        people: PersonDetector,
    ) -> None:
        self.name = name
        self.use = use
        self._shop = shop
        self.camera = camera
        self._eyes = eyes
        self._pictures = pictures
        self._settings = settings
        self._openings = openings
        self._today = today
        self._variants = variants
        self._people = people
        self._wake = asyncio.Event()
        self._one = asyncio.Lock()
        self._same = ("", 0, 0.0)
        self._changes = False
        self._broken = 0
        self._failed = 0
        self._shift_pm: tuple[int, int] | None = None

    async def run(self, ready: Callable[..., None]) -> None:
        """Run until cancelled. Raises `DeviceLost` if the camera's purpose isn't documented, or it can't be reached."""
        if not (self.use.purpose and self.use.contact and self.use.sign_is_up):
            what = f"The camera {self.name!r} is off until its purpose and contact are set and a notice is up."
            raise DeviceLost(what, "Set purpose, contact and sign_is_up in its section.", "shelf_camera.undeclared")
        ready()
        try:
            while True:
                try:
                    await self.look()
                    self._failed = 0
                    ready()
                except DeviceLost as lost:
                    ready(PartState(self.name, "lost", lost.what, lost.advice, lost.key, lost.values))
                    await self._pause(lost.again_s or PAUSES_S[min(self._failed, len(PAUSES_S) - 1)])
                    self._failed += 1
                    continue
                await self._pause(self._until_next_s())
        finally:
            await self.camera.close()

    def _until_next_s(self) -> float:
        """Seconds to the next check: up to an hour while the shop is closed, less if it opens sooner."""
        opens_in_s = self._settings.opens_in_s(time.time_ns() // 1000)
        return min(CLOSED_S, opens_in_s) if opens_in_s else self._settings.look_every_s

    def wake(self) -> None:
        """Look now instead of waiting for the end of the pause."""
        self._wake.set()

    async def look(self) -> dict[str, Looked]:
        """Look at all bays of this camera now; results by bay, empty if the picture is outdated. Raises DeviceLost."""
        plans = [plan for plan in read_planograms(self._shop.reader, self._today()) if plan.camera == self.name]
        frame = await self._frame()
        if (stale := await self._stale(frame)) is not None:
            await self._tell(stale)
            return {}
        more = await self._more() if plans else ()
        seen: dict[str, Looked] = {}
        for plan in plans:
            seen[plan.bay] = await self._look_at(plan, frame, more)
        states = [looked.camera for looked in seen.values()]
        await self._tell(next((state for state in states if state != "ok"), "ok"))
        return seen

    async def picture(self, side: int = 1280) -> Prepared:
        """The current masked picture. Raises DeviceLost and SightError."""
        frame = await self._frame()
        return await self._eyes.ask(Prepare(frame.data, self._masks(), side), Prepared)

    def _masks(self) -> tuple[Mask, ...]:
        """The masks, at their current position, that cover parts of pictures before people see them."""
        if not any(plan.camera == self.name for plan in read_planograms(self._shop.reader)):
            return self.use.mask  # without a planogram no shift is known: use the masks as configured
        return masks_seen_from(self.use.mask, self._shift_pm)

    async def _more(self) -> tuple[bytes, ...]:
        """Additional pictures if lamps flicker, because the flicker's bands move between pictures."""
        made = []
        for _ in range(MORE if self.use.flicker else 0):
            await asyncio.sleep(APART_S)
            made.append((await self._frame()).data)
        return tuple(made)

    async def _look_at(self, plan: PlanogramSet, frame: Frame, more: tuple[bytes, ...] = ()) -> Looked:
        newer = renewed_picture(self._shop.reader, plan), renewed_picture(self._shop.reader, plan, "night")
        ask = look_of(plan, frame.data, self._pictures, self.use.mask, *newer)
        try:
            looked = (await self._eyes.ask(msgspec.structs.replace(ask, more=more), Lookup)).looked
        except SightError as error:
            _log.warning("a camera check failed", camera=self.name, bay=plan.bay, why=error.code)
            return Looked("broken")
        self._broken = self._broken + 1 if looked.camera == "broken" else 0
        if looked.camera == "broken" and self._broken < BROKEN_FRAMES:
            return Looked("ok")
        is_seen = looked.camera in ("ok", "night")
        self._shift_pm = (looked.shift_pm, looked.shift_tall_pm) if is_seen else None
        looked = await self._people.without_hidden(plan.layout, frame.data, self._masks(), looked)
        looked = await self._variants.told_apart(plan, ask, looked)
        command = RecordLook(
            plan.bay, plan.edition, looked.camera, looked.facings, looked.picture, max(0, looked.shift_pm), looked.soft
        )
        outcome = await self._shop.do(command, system())
        found = isinstance(outcome, Done) and any(isinstance(one, GapFound | FacingFlagged) for one in outcome.events)
        filled = isinstance(outcome, Done) and any(
            isinstance(one, GapClosed) and one.how == "restocked" for one in outcome.events
        )
        if (
            filled
            and looked.camera == "ok"
            and all(one.state == "present" and one.confidence >= SURE_PERCENT for one in looked.facings)
        ):
            await self._renew(plan, frame, looked)
        if found and not any(facing.state == "blocked" for facing in looked.facings):
            await self._snapshot(frame, looked.picture)
        return looked

    async def renewal(self, bay: str) -> tuple[str, str]:
        """Look at a bay now; returns the names of a picture that may become its reference, and of the look's picture.

        Raises DeviceLost, SightError.
        """
        plans = {plan.bay: plan for plan in read_planograms(self._shop.reader, self._today())}
        if bay not in plans:
            raise SightError("no_such_bay", bay=bay)
        frame = await self._frame()
        looked = await self._look_at(plans[bay], frame, await self._more())
        return await self._renew_picture(plans[bay], frame), looked.picture

    async def _renew(self, plan: PlanogramSet, frame: Frame, looked: Looked) -> None:
        """Make the picture of a refilled, complete bay its new reference."""
        try:
            picture = await self._renew_picture(plan, frame)
        except (OSError, SightError) as error:
            _log.warning("a bay keeps its reference", camera=self.name, bay=plan.bay, why=str(error))
            return
        await self._shop.do(RenewReference(plan.bay, picture, looked.picture, "restocked"), system())

    async def _renew_picture(self, plan: PlanogramSet, frame: Frame) -> str:
        first = look_of(plan, b"", self._pictures, self.use.mask)
        ask = Renew(frame.data, plan.layout, first.full, first.bare, first.key, self.use.mask)
        made = await self._eyes.ask(ask, Prepared)
        return await asyncio.to_thread(self._pictures.keep, made.data)

    async def _snapshot(self, frame: Frame, name: str) -> None:
        """Store the look's masked picture for a user to judge; a failure is only logged."""
        try:
            made = await self._eyes.ask(Prepare(frame.data, self._masks(), 1280), Prepared)
            await asyncio.to_thread(self._pictures.keep, made.data, SNAPSHOTS, name)
        except (OSError, SightError) as error:
            _log.warning("a finding has no picture", camera=self.name, why=str(error))

    async def _frame(self) -> Frame:
        try:
            async with self._one, self._openings:
                return await self.camera.frame()
        except DeviceError as error:
            refused = error.code == "not_let_in"
            await self._tell("refused" if refused else "offline")
            lost = DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}")
            lost.again_s = REFUSED_AGAIN_S if refused else None
            raise lost from error

    async def follow(self, plan: PlanogramSet) -> SetPlanogram:
        """Create the next version of a planogram after the camera moved, with the bay's new corners and transformed
        pictures. Raises DeviceLost or SightError; or OSError if they can't be stored.
        """
        if self.use.mask:
            raise SightError("mask_stands_elsewhere", camera=self.name)
        frame = await self._frame()
        first = look_of(plan, b"", self._pictures, self.use.mask)
        ask = Follow(frame.data, plan.layout, first.full, first.bare, first.key, self.use.mask)
        found = await self._eyes.ask(ask, Followed)
        full = await asyncio.to_thread(self._pictures.keep, found.full)
        bare = await asyncio.to_thread(self._pictures.keep, found.bare) if found.bare else ""
        layout = msgspec.structs.replace(plan.layout, corners=found.corners)
        return SetPlanogram(plan.bay, plan.name, plan.camera, layout, full, bare, changes=plan.edition)

    async def as_it_stands(self, plan: PlanogramSet) -> StandsNow:
        """A bay's current state, without recording the look. Raises DeviceLost, SightError; or OSError if no picture
        can be stored."""
        frame = await self._frame()
        newer = renewed_picture(self._shop.reader, plan), renewed_picture(self._shop.reader, plan, "night")
        ask = look_of(plan, frame.data, self._pictures, self.use.mask, *newer)
        looked = (await self._eyes.ask(ask, Lookup)).looked
        picture = await self._renew_picture(plan, frame)
        codes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        seen = [one.id for one in looked.facings if one.state in ("present", "wrong")]
        for at in range(0, len(seen), FRONTS):
            ids = tuple(seen[at : at + FRONTS])
            fronts = (await self._eyes.ask(fronts_of(ask, ids), FrontsRead)).fronts
            codes |= {id: (goods.codes, label.codes) for id, (goods, label) in zip(ids, fronts, strict=True)}
        return StandsNow(picture, looked.facings, codes)

    async def _mark(self, frame: Frame) -> str:
        """A value that differs between pictures, ignoring a printed clock, if configured."""
        if not self.use.clock:
            return str(hash(frame.data))
        try:
            return (
                await self._eyes.ask(Fingerprint(frame.data, (*self.use.mask, *self.use.clock)), FingerprintTaken)
            ).fingerprint
        except SightError:
            return str(hash(frame.data))  # a broken picture has no fingerprint: compare its bytes

    async def _stale(self, frame: Frame) -> CameraState | None:
        """The camera state if the picture is outdated, otherwise None."""
        if frame.taken_us is not None:
            return "frozen" if time.time() - frame.taken_us / 1e6 > FILE_FRESH_S else None
        if not self.camera.lives:
            return None
        now, mark = time.monotonic(), await self._mark(frame)
        same, looks, since = self._same
        self._changes = self._changes or (mark != same and same != "")
        self._same = (mark, looks + 1, since) if mark == same else (mark, 1, now)
        _, looks, since = self._same
        # A picture that never changed before isn't frozen: it may be a drawing, or a recorder's still.
        return "frozen" if self._changes and looks >= FROZEN_LOOKS and now - since >= FROZEN_S else None

    async def _tell(self, state: CameraState) -> None:
        await self._shop.do(RecordCamera(self.name, state), system())
        self._shop.bus.publish(SHELVES)

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return


def look_of(
    plan: PlanogramSet,
    data: bytes,
    pictures: ShelfPictures,
    masks: tuple[Mask, ...] = (),
    renewed: str = "",
    night: str = "",
) -> Look:
    """The look request for a picture of a bay.

    It is compared with a newer reference if there is one, and at night with the night reference.
    """
    name = renewed if renewed and pictures.path(renewed).exists() else plan.full
    full, bare = str(pictures.path(name)), str(pictures.path(plan.bare)) if plan.bare else ""
    by_night = str(pictures.path(night)) if night and pictures.path(night).exists() else ""
    key = f"{plan.bay} {plan.edition} {name} {night if by_night else ''}"
    return Look(data, plan.layout, full, bare, key, masks, by_night)
