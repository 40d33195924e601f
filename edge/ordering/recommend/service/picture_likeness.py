"""Picture embeddings for similar products.

Runs a picture model on each product's first picture in the background, and on query pictures. Does nothing without a
model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import structlog

from edge.core.command_bus import CommandBus
from edge.core.storage.database import Connection, open_reader
from edge.lib.late_import import import_beside
from edge.ordering.recommend.similar.kept_pictures import (
    PendingPicture,
    forget,
    keep,
    last_change,
    list_pending,
    list_unused,
)
from edge.runtime.inference import Inference
from models.errors import ModelError
from models.runtime.priority import Priority

if TYPE_CHECKING:  # importing numpy takes 0.1 s, which would delay the start
    from edge.ordering.recommend.similar.picture_vectors import Floats, PictureVector

_log = structlog.get_logger(__name__)
R = TypeVar("R")

KIND = "embed_image"
BATCH = 8
"""Maximum pictures per turn of the writer."""

POLL_S = 5.0
"""Seconds between checks for unprocessed pictures."""

PATIENCE_S = 60.0
"""Timeout per picture in seconds, including loading the model."""

REST_S = 30.0
"""Pause after a model failure, in seconds."""

UNUSED_MOST = 500
"""Maximum results of unused files deleted per start."""

FILE_BYTES = 8 << 20
"""Maximum size of a processed file; the shop's own pictures have about 100 KB."""


class PictureLikeness:
    """Stores picture vectors (`run`), and embeds a query picture (`of`).

    A missing file is tried again at the next start.
    """

    def __init__(self, inference: Inference, shop: CommandBus, ledger: Path, folder: Path) -> None:
        self._inference = inference
        self._shop = shop
        self._ledger = ledger
        self._folder = folder
        self._done = ("", 0)

    async def of(self, picture: bytes) -> PictureVector | None:
        """Embed a picture (a JPEG, PNG or WebP file); None without a picture model.

        Raises `ModelError`, with code `refused` if it isn't a picture.
        """
        model = self._inference.embedder(KIND)
        return None if model is None else await self._ask(model.name, picture, Priority.NORMAL)

    async def run(self) -> None:
        """Process new pictures until cancelled."""
        while True:
            model = self._inference.embedder(KIND)
            try:
                if model is not None:
                    await self._catch_up(model.name)
                await asyncio.sleep(POLL_S)
            except ModelError as error:
                _log.info("similarity works without images for now", model=error.model, why=error.what)
                await asyncio.sleep(REST_S)

    async def _catch_up(self, model: str) -> None:
        if self._done[0] != model:
            await self._forget_unused()
            self._done = (model, 0)
        while True:
            todo, through = await asyncio.to_thread(self._pending, model, self._done[1])
            if not todo:
                self._done = (model, through)
                return
            async with self._shop.till_first.turn():
                read = {one.name: await asyncio.to_thread(self._read, one.name) for one in todo}
                looks = {name: await self._look(model, data) for name, data in read.items() if data is not None}
                if await self._shop.maintain(partial(keep, model=model, looks=looks)) is not None:
                    return  # the ledger isn't writable now: retry later
                self._done = (model, todo[-1].seq)

    async def _forget_unused(self) -> None:
        """Delete results of unused files, up to a limit. The rest are deleted at the next start."""
        if names := await asyncio.to_thread(self._read_ledger, partial(list_unused, limit=UNUSED_MOST)):
            await self._shop.maintain(partial(forget, names=names))

    async def _look(self, model: str, data: bytes) -> Floats | None:
        """The vector of a file; None if it isn't a readable picture."""
        try:
            return (await self._ask(model, data, Priority.BACKGROUND)).values if data else None
        except ModelError as error:
            if error.code != "refused":
                raise
            return None

    async def _ask(self, model: str, data: bytes, priority: Priority) -> PictureVector:
        await import_beside("edge.ordering.recommend.similar.picture_vectors")
        from edge.ordering.recommend.similar.picture_vectors import PictureVector, shorten
        from models.kinds import EmbedImages, Picture
        from models.tensor import Tensor

        request = EmbedImages((Picture(Tensor(data, (len(data),)), "file"),))
        vectors = await self._inference.ask(request, PATIENCE_S, priority, model)
        return PictureVector(model, shorten(vectors.values.array()[0]))

    def _read(self, name: str) -> bytes | None:
        """Read a file of the folder; b"" if the file isn't acceptable, None if it's missing."""
        if name != Path(name).name or not name.isprintable():
            return b""
        try:
            path = (self._folder / name).resolve(strict=True)
            if path.parent != self._folder.resolve() or not path.is_file() or path.stat().st_size > FILE_BYTES:
                return b""  # among others, a link that leads out of the folder
            return path.read_bytes()
        except OSError:
            return None

    def _pending(self, model: str, after: int) -> tuple[list[PendingPicture], int]:
        """The next pictures to process, and the last product change covered if there are none left."""

        def read(db: Connection) -> tuple[list[PendingPicture], int]:
            through = last_change(db)  # read this first, so that later changes are picked up next time
            return list_pending(db, model, after, BATCH), max(after, through)

        return self._read_ledger(read)

    def _read_ledger(self, read: Callable[[Connection], R]) -> R:
        db = open_reader(self._ledger)
        try:
            return read(db)
        finally:
            db.close()
