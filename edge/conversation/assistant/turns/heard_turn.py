"""A turn's text as read by grammar only, carried with the turn."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.whereabouts import Whereabouts


class HeardTurn(msgspec.Struct, frozen=True):
    """The reading of `text` in a conversation's `language` on a business day, and the places it names. `inexact`:
    languages in which a number in it is not an exact count."""

    text: Annotated[str, msgspec.Meta(max_length=1000)]
    language: str
    business_date: str
    said: Sentence
    where: Whereabouts
    inexact: tuple[str, ...] = ()

    def is_of(self, text: str, language: str, business_date: str) -> bool:
        """Whether this is the reading of these words in this language on this day."""
        return (self.text, self.language, self.business_date) == (text, language, business_date)
