"""Commands of translations."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.goods.translation.events import TextKey, TextKind, TextOrigin, TranslatedText
from edge.goods.translation.glossary import GlossaryTerm, TermId
from edge.lib.i18n import Language

MANY = 100
"""Texts per command."""


class ProposedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A translation of the text in `source`."""

    key: TextKey
    source: TranslatedText
    text: TranslatedText


class ProposeTranslations(Command, frozen=True):
    """Propose at most 100 translations, which wait for approval. Returns the outcome of each.

    A text already in use or already proposed is unchanged; if its source has changed it's outdated; if
    a number, size, brand or placeholder differs it's refused.
    """

    source_language: Language
    language: Language
    texts: Annotated[tuple[ProposedText, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    origin: TextOrigin = "file"


class AcceptTranslations(Command, frozen=True):
    """Accept at most 100 proposals. `flagged`: also those with findings; without it, a proposal with findings
    refuses the whole command."""

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    flagged: bool = False


class SetTranslation(Command, frozen=True):
    """Set a translation by hand."""

    source_language: Language
    language: Language
    text: ProposedText


class RefuseTranslations(Command, frozen=True):
    """Refuse proposals."""

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class OrderTranslations(Command, frozen=True):
    """Start a job in which the shop's model proposes missing names in some languages, of products, categories or both;
    returns the job's number. Proposals wait for approval."""

    source_language: Language
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=10)]
    kind: TextKind = ""


class SetGlossaryTerm(Command, frozen=True):
    """Create or change a glossary term. Later proposals are checked against it, and waiting ones when they are
    accepted."""

    term: GlossaryTerm


class EndGlossaryTerm(Command, frozen=True):
    """Remove a glossary term."""

    id: TermId
