"""Who says what questions mean, where the shop has a model for it: the composition hands it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.core.services import Service

if TYPE_CHECKING:  # numpy
    from edge.goods.search.embeddings import SentenceEmbedding


class MeaningState(Protocol):
    """What questions mean, where there is a model for it."""

    async def of(self, text: str) -> SentenceEmbedding | None: ...


MEANING: Service[MeaningState | None] = Service("meaning")
