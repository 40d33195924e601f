"""Asking the tagger of the shop, in its worker: late, absent or broken it is nothing, and the grammar reads alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from edge.shop.assistant.second_reader.second_reading import MarkedWords
from models.errors import ModelError

if TYPE_CHECKING:
    from models.kinds import Tagged

WITHIN_S = 0.3
"""A worker that is not there yet takes longer, and is there for the next sentence."""


@runtime_checkable
class Taggers(Protocol):
    """Who answers: `edge.services.inference.Inference`."""

    def has(self, kind: str, language: str = "") -> bool: ...
    def ask(self, request: Any, within_s: float) -> Awaitable[Any]: ...


async def tags_of(models: object, said: MarkedWords) -> Tagged | None:
    """What the tagger says of a sentence; None where there is none, or no word of it in time."""
    if not isinstance(models, Taggers) or not models.has("tag"):
        return None
    from models.kinds import Tag, Tagged

    try:
        answer = await asyncio.wait_for(_reply(models, Tag(said.words, said.marks, said.language)), WITHIN_S)
    except (ModelError, TimeoutError):
        return None
    whole = isinstance(answer, Tagged) and len(answer.tags) == len(answer.scores) == len(said.words)
    return answer if whole else None


async def _reply(models: Taggers, request: Any) -> Any:
    return await models.ask(request, WITHIN_S)
