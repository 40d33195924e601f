"""Rules for proposed translations. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from edge.goods.translation.checks import findings, is_hard
from edge.goods.translation.commands import ProposedText
from edge.goods.translation.events import TextOrigin, TranslationProposed
from edge.goods.translation.glossary import TermPair

NAME_CHARS = 300
"""Maximum length of a name."""
PROMOTION_CHARS = 60
"""Maximum length of a promotion's name, which is printed on receipts."""
TEXT_CHARS = 400
"""Maximum length of a text for customers or cashiers."""
Outcome = Literal["proposed", "same", "empty", "unknown", "outdated", "refused"]


class TextNames(msgspec.Struct, frozen=True):
    """The names of an item by language, and words that stay untranslated in it (its brand, and words of the glossary).

    `most`: maximum length in characters.
    """

    names: Mapping[str, str]
    keep: tuple[str, ...] = ()
    most: int = NAME_CHARS


class BroughtText(msgspec.Struct, frozen=True):
    """The outcome of a proposed text, and its findings."""

    key: str
    outcome: Outcome
    findings: tuple[str, ...] = ()


def propose_text(
    text: ProposedText,
    thing: TextNames | None,
    languages: tuple[str, str],
    waiting: Collection[tuple[str, str]],
    origin: TextOrigin,
    elsewhere: Collection[str] = (),
    terms: Collection[TermPair] = (),
) -> tuple[BroughtText, TranslationProposed | None]:
    """Decide on a proposed text from the first of `languages` into the second.

    `waiting`: sources and texts already proposed for it; `elsewhere`: translations of the same source for other items;
    `terms`: the glossary's translations.
    """
    source_language, language = languages
    written = " ".join(text.text.split(" ")).strip()
    if not written:
        return BroughtText(text.key, "empty"), None
    if thing is None or source_language not in thing.names:
        return BroughtText(text.key, "unknown"), None
    source = thing.names[source_language]
    if text.source.strip() != source.strip():
        return BroughtText(text.key, "outdated"), None
    if thing.names.get(language) == written or (source, written) in waiting:
        return BroughtText(text.key, "same"), None
    found = findings(source, written, language, thing.keep, thing.most, terms)
    if is_hard(found):
        return BroughtText(text.key, "refused", found), None
    if elsewhere and written not in elsewhere:
        found = (*found, "two_ways")
    event = TranslationProposed(text.key, language, source_language, source, written, origin, found)
    return BroughtText(text.key, "proposed", found), event
