"""The interface to picture similarity, if the shop has a model for it: injected by the composition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.core.services import Service

if TYPE_CHECKING:  # avoids importing numpy
    from edge.ordering.recommend.similar.picture_vectors import PictureVector


class PicturesState(Protocol):
    """Picture similarity, if there is a model for it."""

    async def of(self, picture: bytes) -> PictureVector | None: ...


PICTURE_LIKENESS: Service[PicturesState | None] = Service("likeness of pictures")
