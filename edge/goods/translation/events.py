"""What can have happened to translations. What a thing is called then is the catalogue's fact."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event
from edge.goods.translation.glossary import GlossaryTerm, TermId

_ID = r"[^\x00-\x1f]{1,80}"
TextKey = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^((product|category|promotion|text)/{_ID}|attribute/{_ID}/{_ID})$(?!\n)",
        examples=["product/1000", "attribute/wine/grape"],
    ),
]
"""What is called so: `product/` and its number; `category/`, `promotion/` or `text/` and its id; `attribute/`, the
id of its category, `/` and its name."""
TranslatedText = Annotated[str, msgspec.Meta(max_length=5_000)]
TextKind = Literal["product", "category", "attribute", "promotion", "text", ""]
TextOrigin = Literal["file", "model", "person"]


class TranslationProposed(Event, frozen=True):
    """A translation waits for a person. `findings`: what is to be said of it, none of which refuses it."""

    key: str
    language: str
    source_language: str
    source: str
    text: str
    origin: TextOrigin
    findings: tuple[str, ...] = ()


class TranslationAccepted(Event, frozen=True):
    """A person said yes to a translation of `source`, or wrote it."""

    key: str
    language: str
    source_language: str
    source: str
    text: str


class TranslationRefused(Event, frozen=True):
    """A person said no to what waited."""

    key: str
    language: str


class GlossaryTermSet(Event, frozen=True):
    """A term is new or changed: all of it, as it is from now on."""

    term: GlossaryTerm


class GlossaryTermEnded(Event, frozen=True):
    """Nothing is held against a term any more."""

    id: TermId


EVENTS: tuple[type[Event], ...] = (
    TranslationProposed,
    TranslationAccepted,
    TranslationRefused,
    GlossaryTermSet,
    GlossaryTermEnded,
)
