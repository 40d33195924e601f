"""Grammar reading of a turn. It's slow, so it runs outside the writer thread, and inside the transaction only if the
conversation changed since."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.conversation.assistant.turns.dialogue import TalkState
from edge.conversation.assistant.turns.heard_turn import HeardTurn
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.lookup import GrammarReading
from edge.conversation.understanding.name_words import hear_names
from edge.conversation.understanding.reading.modality import is_inexact
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.reading.said_twice import first_half
from edge.conversation.understanding.said_modifier import SaidModifiers
from edge.core.storage.database import Connection
from edge.goods.stock.queries import read_places


def hear_turn(
    db: Connection,
    text: str,
    language: str,
    agent: str,
    found: Iterable[FoundProducts],
    business_date: str,
    heard: GrammarReading | None = None,
) -> HeardTurn:
    """Read a sentence that contains the names `found`; `heard`: as the lookup has just read it."""
    once = first_half(text, language)
    if heard is None or heard.text != once:
        names = [one.text[1:] for one in found if one.text.startswith("~")]
        places = read_places(db) if agent == "stock" else None
        heard = GrammarReading(once, hear_names(once, language, names, places, business_date))
    return HeardTurn(text, language, business_date, heard.placed.said, heard.placed.where)


def with_inexact(heard: HeardTurn, found: Iterable[FoundProducts], reading: Reading | None) -> HeardTurn:
    """The reading with the languages in which its numbers aren't exact; numbers inside `found` names don't count."""
    names = [one.text for one in found if one.kind == "all"]
    languages = {heard.said.language, *((reading.language,) if reading else ())}
    inexact = tuple(one for one in sorted(languages) if is_inexact(heard.text, one, names))
    return msgspec.structs.replace(heard, inexact=inexact)


def goods_text(text: str, modifiers: SaidModifiers | None, state: TalkState) -> str:
    """The text without modifier words; an answer to a modifier question stays whole."""
    return text if modifiers is None or state.name == "choosing_modifier" else modifiers.rest
