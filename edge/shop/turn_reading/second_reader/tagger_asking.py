"""Asking the tagger of the shop, in its worker: late, absent or broken it is nothing, and the grammar reads alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.shop.turn_reading.language_models import ask_model
from edge.shop.turn_reading.second_reader.second_reading import MarkedWords

if TYPE_CHECKING:
    from models.kinds import Tag, Tagged

WITHIN_S = 0.3
"""A worker that is not there yet takes longer, and is there for the next sentence."""


async def tags_of(models: object, said: MarkedWords) -> Tagged | None:
    """What the tagger says of a sentence; None where there is none, or no word of it in time."""

    def request() -> Tag:
        from models.kinds import Tag

        return Tag(said.words, said.marks, said.language, said.speaker)

    answer = await ask_model(models, "tag", request, WITHIN_S)
    if answer is None:
        return None
    from models.kinds import Tagged

    whole = isinstance(answer, Tagged) and len(answer.tags) == len(answer.scores) == len(said.words)
    return answer if whole else None
