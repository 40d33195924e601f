"""What can be asked of translations."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.goods.translation.events import TextKey, TextKind, TextOrigin, TranslatedText
from edge.goods.translation.glossary import GlossaryTerm, TermId
from edge.lib.i18n import Language

MANY = 100
"""Texts of one command."""


class ProposedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A translation of what stands in `source`."""

    key: TextKey
    source: TranslatedText
    text: TranslatedText


class ProposeTranslations(Command, frozen=True):
    """Bring translations, 100 at most, that wait for a person's yes. The result says what became of each.

    What is so already, or waits already, brings nothing new; a text whose source has changed meanwhile is outdated; one
    in which a number, a size, a brand or a gap is another is refused.
    """

    source_language: Language
    language: Language
    texts: Annotated[tuple[ProposedText, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    origin: TextOrigin = "file"


class AcceptTranslations(Command, frozen=True):
    """Say yes to what waits, 100 at most. `flagged`: also where something is to be said of it; without, such a one is
    refused and nothing is taken."""

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    flagged: bool = False


class SetTranslation(Command, frozen=True):
    """Say in one's own words what something is called in a language."""

    source_language: Language
    language: Language
    text: ProposedText


class RefuseTranslations(Command, frozen=True):
    """Say no to what waits."""

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class OrderTranslations(Command, frozen=True):
    """Have the shop's model propose names that are missing in some languages, of products, categories or both; the
    number of the job that does it. What it proposes waits for a yes."""

    source_language: Language
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=10)]
    kind: TextKind = ""


class SetGlossaryTerm(Command, frozen=True):
    """Let a term be called so from now on, a new one or one that there is. What is proposed afterwards is held against
    it, and what waits, when somebody says yes."""

    term: GlossaryTerm


class EndGlossaryTerm(Command, frozen=True):
    """Hold nothing against a term any more."""

    id: TermId
