"""Hub projection of each store's texts, and of the names of items other than products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import astuple

from edge.foundation.settings.events import TextEnded, TextSet
from edge.goods.catalog.events import CategoryRemoved, CategorySet
from edge.goods.promotions.events import PromotionEnded, PromotionSet
from edge.goods.translation.events import TranslationAccepted, TranslationProposed, TranslationRefused
from sync.hub.api.keys import TEXTS
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_STATES: dict[type, str] = {TranslationProposed: "proposed", TranslationAccepted: "accepted"}
TRANSLATION = Table(
    "translation",
    "Latest translation of each text and language, with its state.",
    *place(),
    Column("key", "text", "Type and id, such as product/ and the product number.", "event.key", key=True),
    Column("language", "text", "Target language.", "event.language", key=True),
    Column("source_language", "text", "Source language.", "event.source_language"),
    Column("source", "text", "Source text.", "event.source"),
    Column("text", "text", "Translated text.", "event.text"),
    Column("state", "text", "proposed, accepted or refused.", lambda fact: _STATES[type(fact.event)]),
)


class CalledThing(msgspec.Struct, frozen=True):
    """A named item other than a product, and the end of its existence (microseconds; None: no known end)."""

    key: str
    names: Mapping[str, str]
    until_us: int | None = None


SHOP_TEXT = Table(
    "shop_text",
    "Names of categories, attributes, promotions and texts in each store, by language.",
    *place(),
    Column(
        "key", "text", "category/, promotion/ or text/ and the id, or attribute/CATEGORY/NAME.", "item.key", key=True
    ),
    Column("names", "jsonb", "Name by language.", "item.names"),
    Column("until_at", "timestamptz", "End time; null: no end.", "item.until_us", null=True),
)
CATEGORIES = Read(
    name="categories",
    source="shop_category",
    summary="Categories of all stores, one row per id.",
    fields=(
        Field("id", "text", "Id."),
        Field("names", "object", "Name by language in the first store that has it."),
    ),
    key=("id",),
    area=TEXTS,
    by_store=False,
)
_SET, _CALL = TRANSLATION.upsert(), SHOP_TEXT.upsert()
_OF_CATEGORY = """
    DELETE FROM shop_text WHERE tenant = $1 AND store = $2 AND device = $3
        AND (key = 'category/' || $4 OR starts_with(key, 'attribute/' || $4 || '/'))
"""
_OVER = "DELETE FROM shop_text WHERE tenant = $1 AND store = $2 AND device = $3 AND key = $4"
_FOREVER_US = 2**53
"""Times after this are treated as "never"."""
_REFUSE = """
    UPDATE translation SET state = 'refused'
    WHERE tenant = $1 AND store = $2 AND device = $3 AND key = $4 AND language = $5
"""


class TranslationTables(TableProjector):
    """Projects translation events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "translation"
    version = 2
    tables = (TRANSLATION, SHOP_TEXT)
    reads = (
        TRANSLATION.read(
            *("translations", Filter("store", "store"), Filter("language", "language"), Filter("state", "state")),
            area=TEXTS,
        ),
        SHOP_TEXT.read("shop-texts", Filter("store", "store"), Filter("key", "key"), area=TEXTS),
        CATEGORIES,
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        kinds = (TranslationProposed, TranslationAccepted, TranslationRefused)
        things = (CategorySet, CategoryRemoved, PromotionSet, PromotionEnded, TextSet, TextEnded)
        return together(self._follow, *kinds, *things)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, as the last event about a text applies."""
        for fact in self.facts(key, rows):
            match fact.event:
                case TranslationRefused(key=of, language=language):
                    await connection.execute(_REFUSE, *astuple(key), of, language)
                case TranslationProposed() | TranslationAccepted():
                    await connection.execute(_SET, *TRANSLATION.record(fact))
                case CategorySet(category=category):
                    await connection.execute(_OF_CATEGORY, *astuple(key), category.id)
                case CategoryRemoved(category=id):
                    await connection.execute(_OF_CATEGORY, *astuple(key), id)
                case PromotionEnded(id=id):
                    await connection.execute(_OVER, *astuple(key), f"promotion/{id}")
                case TextEnded(id=id):
                    await connection.execute(_OVER, *astuple(key), f"text/{id}")
            for thing in fact.each(_called_things(fact.event)):
                await connection.execute(_CALL, *SHOP_TEXT.record(thing))


def _called_things(event: Any) -> Iterator[CalledThing]:
    """Yield the names set by an event."""
    match event:
        case CategorySet(category=category):
            yield CalledThing(f"category/{category.id}", category.names)
            for name, attribute in category.attributes.items():
                if attribute.names:
                    yield CalledThing(f"attribute/{category.id}/{name}", attribute.names)
        case PromotionSet(promotion=promotion):
            yield CalledThing(f"promotion/{promotion.id}", promotion.names, promotion.until_us)
        case TextSet():
            until_us = event.until_us if event.until_us < _FOREVER_US else None
            yield CalledThing(f"text/{event.id}", event.texts, until_us)
