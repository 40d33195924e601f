"""Vision service of a shop: analysis process, cameras, pictures and jobs, for parts and pages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import structlog

from drivers.roles import Camera
from edge.analytics.shelf.camera_part import OPENINGS, SHELVES, CameraPart
from edge.analytics.shelf.commands import SetPlanogram
from edge.analytics.shelf.events import LIGHTS, PlanogramEnded, PlanogramSet, ReferenceRenewed
from edge.analytics.shelf.person_detector import PersonDetector
from edge.analytics.shelf.pictures import ShelfPictures
from edge.analytics.shelf.queries import read_findings, read_mistaken, read_planograms, renewed_picture
from edge.analytics.shelf.settings import ShelfSettings
from edge.analytics.shelf.sight_process import SightProcess
from edge.analytics.shelf.variants import VariantReader
from edge.analytics.shelf.vision_jobs import VisionJobs
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome
from edge.core.process.parts import Ready
from edge.core.services import Service
from edge.core.storage.database import open_reader
from edge.runtime.config.device_uses import CameraUse

_log = structlog.get_logger(__name__)
PLANNED = (PlanogramSet, PlanogramEnded, ReferenceRenewed)
FORGET_EVERY_S, KEEP_EVERY_S = 3600.0, 60.0


class ShelfService:
    """The vision service of a shop. Its processes start only when needed."""

    def __init__(
        self, shop: CommandBus, folder: Path, settings: ShelfSettings, today: Callable[[], str], models: object = None
    ) -> None:
        self.settings = settings
        self.eyes = SightProcess(folder / "shelf", folder / "pictures")
        self.pictures = ShelfPictures(folder / "shelf")
        self.jobs = VisionJobs(folder / "vision")
        self.cameras: dict[str, CameraPart] = {}
        self._variants = VariantReader(shop, self.eyes, models)
        self._people = PersonDetector(self.eyes, models)
        self._shop = shop
        self._today = today
        self._openings = asyncio.Semaphore(OPENINGS)
        shop.listen(self._announce_plan)

    def camera(self, camera: Camera, name: str, use: CameraUse) -> CameraPart:
        """Create a camera's part, which pages can use too."""
        shared = self.eyes, self.pictures, self.settings, self._openings, self._today, self._variants
        part = CameraPart(self._shop, camera, name, use, *shared, self._people)
        self.cameras[name] = part
        return part

    def _announce_plan(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """Notify pages and cameras as soon as a bay's planogram is set."""
        if not isinstance(outcome, Done) or not any(isinstance(event, PLANNED) for event in outcome.events):
            return
        self._shop.bus.publish(SHELVES)
        if isinstance(command, SetPlanogram) and command.camera in self.cameras:
            self.cameras[command.camera].wake()

    async def run(self, ready: Ready) -> None:
        """Delete outdated pictures and jobs hourly, and store those of wrong findings every minute. Runs until
        cancelled."""
        ready()
        forgot_s = -FORGET_EVERY_S
        try:
            while True:
                if time.monotonic() - forgot_s >= FORGET_EVERY_S:
                    forgot_s = time.monotonic()
                    await asyncio.to_thread(self.pictures.forget, self._used_references())
                    await asyncio.to_thread(self.jobs.forget)
                await asyncio.to_thread(self.keep_mistaken)
                await asyncio.sleep(KEEP_EVERY_S)
        finally:
            await self.jobs.stop()
            self.close()

    def keep_mistaken(self) -> None:
        """Store pictures of findings judged wrong while their planogram exists.

        They show the right goods, but are never used as the bay's reference.
        """
        with closing(open_reader(self._shop.path)) as db:
            for plan in read_planograms(db):
                for found in read_mistaken(db, plan):
                    try:
                        self.pictures.keep_snapshot(found.picture)
                    except OSError as error:
                        _log.warning("a picture couldn't be stored", bay=plan.bay, why=str(error))

    def close(self) -> None:
        """Stop the vision process."""
        self.eyes.close()

    def _used_references(self) -> frozenset[str]:
        """The references of planograms, and pictures needed to judge open findings."""
        plans = read_planograms(self._shop.reader)
        findings = (found.picture for found in read_findings(self._shop.reader))
        mistaken = (found.picture for plan in plans for found in read_mistaken(self._shop.reader, plan))
        newer = (renewed_picture(self._shop.reader, plan, light) for plan in plans for light in LIGHTS)
        return frozenset(name for plan in plans for name in (plan.full, plan.bare)) | frozenset(
            (*findings, *mistaken, *newer)
        )


SHELF: Service[ShelfService] = Service("shelf")
