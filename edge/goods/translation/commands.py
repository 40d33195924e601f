"""Translation commands."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Number
from edge.goods.translation.events import TextKey, TextKind, TextOrigin, TranslatedText
from edge.goods.translation.glossary import GlossaryTerm, TermId
from edge.lib.i18n import Language

MANY = 100
"""Maximum texts per command."""


class ProposedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A translation of the text `source`."""

    key: TextKey
    source: TranslatedText
    text: TranslatedText


class ProposeTranslations(Command, frozen=True):
    """Propose at most 100 translations, which wait for approval. Returns the outcome of each.

    A text already in use or proposed is unchanged. A text whose source has changed is outdated. A text with a different
    number, size, brand or placeholder is refused.
    """

    source_language: Language
    language: Language
    texts: Annotated[tuple[ProposedText, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    origin: TextOrigin = "file"


class AcceptTranslations(Command, frozen=True):
    """Accept at most 100 proposals.

    `flagged`: include proposals with findings; without it, such a proposal refuses the whole command. Returns the data
    that `RestoreTranslations` needs to undo it.
    """

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    flagged: bool = False


class SetTranslation(Command, frozen=True):
    """Set a translation by hand. Returns the data that `RestoreTranslations` needs to undo it."""

    source_language: Language
    language: Language
    text: ProposedText


class RefuseTranslations(Command, frozen=True):
    """Refuse proposals. Returns the data that `RestoreTranslations` needs to undo it."""

    language: Language
    keys: Annotated[tuple[TextKey, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class DecidedTranslation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text as it was before a decision: its name `now` and its latest translation with its `state` ("": none).

    `said`: the name set by the decision ("": none); `by_hand`: it was set as the manager's own. `first`, `last`: the
    journal rows in which the decision changed a product (0: none).
    """

    key: TextKey
    source_language: Language
    now: TranslatedText = ""
    said: TranslatedText = ""
    by_hand: bool = False
    state: Literal["", "proposed", "accepted", "refused"] = ""
    source: TranslatedText = ""
    text: TranslatedText = ""
    origin: TextOrigin = "file"
    findings: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=20)] = ()
    first: Number = 0
    last: Number = 0


class RestoreTranslations(Command, frozen=True):
    """Undo decisions, restoring names and proposals. Refused if any of them has changed since."""

    language: Language
    texts: Annotated[tuple[DecidedTranslation, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class OrderTranslations(Command, frozen=True):
    """Start a job in which the shop's model proposes missing names of products, categories or both, in some languages;
    returns the job's number. Proposals wait for approval.
    """

    source_language: Language
    languages: Annotated[tuple[Language, ...], msgspec.Meta(min_length=1, max_length=10)]
    kind: TextKind = ""


class SetGlossaryTerm(Command, frozen=True):
    """Create or change a glossary term.

    Later proposals are checked against it, and waiting proposals when they are accepted.
    """

    term: GlossaryTerm


class EndGlossaryTerm(Command, frozen=True):
    """Remove a glossary term."""

    id: TermId
