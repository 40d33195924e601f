"""Translation events. The catalogue's events record the resulting name."""

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
"""Subject of the text: `product/` and its number; `category/`, `promotion/` or `text/` and its id; or `attribute/`, the
category's id, `/` and the attribute's name.
"""
TranslatedText = Annotated[str, msgspec.Meta(max_length=5_000)]
TextKind = Literal["product", "category", "attribute", "promotion", "text", ""]
TextOrigin = Literal["file", "model", "person"]


class TranslationProposed(Event, frozen=True):
    """A translation was proposed. `findings`: its soft findings."""

    key: str
    language: str
    source_language: str
    source: str
    text: str
    origin: TextOrigin
    findings: tuple[str, ...] = ()


class TranslationAccepted(Event, frozen=True):
    """A translation of `source` was accepted, or set by hand."""

    key: str
    language: str
    source_language: str
    source: str
    text: str


class TranslationRefused(Event, frozen=True):
    """A proposal was refused."""

    key: str
    language: str


class GlossaryTermSet(Event, frozen=True):
    """A glossary term was created or changed; the event has its complete new state."""

    term: GlossaryTerm


class GlossaryTermEnded(Event, frozen=True):
    """A glossary term was removed."""

    id: TermId


EVENTS: tuple[type[Event], ...] = (
    TranslationProposed,
    TranslationAccepted,
    TranslationRefused,
    GlossaryTermSet,
    GlossaryTermEnded,
)
