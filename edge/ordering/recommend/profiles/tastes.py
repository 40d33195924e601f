"""Tastes derived from a person's purchases, as shown to them, and those they marked as not theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_category
from edge.ordering.recommend.profiles import persons
from edge.people.customers.customer import NotMine
from edge.people.customers.queries import read_customer


class ShownTaste(msgspec.Struct, frozen=True):
    """A taste. `names`: a category's names by language; empty: the word is displayed unchanged."""

    word: NotMine
    names: dict[str, str]


class ShownTastes(msgspec.Struct, frozen=True):
    """Tastes in the profile, and those the person removed."""

    mine: list[ShownTaste]
    not_mine: list[ShownTaste]


def read_tastes(db: Connection, customer: str, at_us: int, today: str, private: Collection[str]) -> ShownTastes:
    """A person's tastes; empty without consent to a profile. `private`: categories that are never included."""
    found = read_customer(db, customer, at_us)
    if (profile := persons.profile_of(db, customer, at_us, today, private)) is None:
        mine: Iterable[NotMine] = ()
    else:
        said = (profile.categories, profile.brands, profile.strain_types)
        mine = (NotMine(kind, name) for kind, names in zip(persons.TASTES, said, strict=True) for name in names)
    return ShownTastes(
        _name_tastes(db, mine), _name_tastes(db, found.preferences.not_mine if found and found.preferences else ())
    )


def _name_tastes(db: Connection, words: Iterable[NotMine]) -> list[ShownTaste]:
    found = []
    for word in words:
        category = read_category(db, word.name) if word.kind == "category" else None
        found.append(ShownTaste(word, category.names if category else {}))
    return found
