"""What the panel shows of models and asks of them: whoever runs them hands it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from edge.core.services import Service
from models.runtime.stats import Figures

if TYPE_CHECKING:  # numpy
    from edge.shop.recommend.picture_vectors import PictureVector
    from edge.shop.search.embeddings import SentenceEmbedding

MODELS = "models"
"""Bus topic: how busy models are, or how one of them is, has changed."""


class ModelsState(Protocol):
    """Every model that is here, in the order of the manifest."""

    def figures(self) -> list[Figures]: ...


class MeaningState(Protocol):
    """What questions mean, where there is a model for it."""

    async def of(self, text: str) -> SentenceEmbedding | None: ...


class PicturesState(Protocol):
    """What pictures look like, where there is a model for it."""

    async def of(self, picture: bytes) -> PictureVector | None: ...


RUNNING: Service[Any] = Service("models")
"""What runs models (`edge.services.inference.Inference`), of which pages ask what they need; None: nothing does."""
MEANING: Service[MeaningState | None] = Service("meaning")
PICTURE_LIKENESS: Service[PicturesState | None] = Service("likeness of pictures")
