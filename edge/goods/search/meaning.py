"""Meaning of queries, if the shop has a model; supplied by the composition root."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge.core.services import Service

if TYPE_CHECKING:  # imports numpy, which is slow
    from edge.goods.search.embeddings import SentenceEmbedding


class MeaningState(Protocol):
    """Embeddings of queries, if there is a model."""

    async def of(self, text: str) -> SentenceEmbedding | None: ...


MEANING: Service[MeaningState | None] = Service("meaning")
