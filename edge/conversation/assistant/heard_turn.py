"""What the words of a turn say by phrases alone, as a turn carries it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.whereabouts import Whereabouts


class HeardTurn(msgspec.Struct, frozen=True):
    """What `text` says in a conversation in `language` on a day of business, and where that is. `inexact`: languages in
    whose words a number in it is none that anybody counted."""

    text: Annotated[str, msgspec.Meta(max_length=1000)]
    language: str
    business_date: str
    said: Sentence
    where: Whereabouts
    inexact: tuple[str, ...] = ()

    def is_of(self, text: str, language: str, business_date: str) -> bool:
        """Whether these words say it, there and then."""
        return (self.text, self.language, self.business_date) == (text, language, business_date)
