"""What a person's purchases say of them, as they see it themselves, and what of that they said is not theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_category
from edge.ordering.recommend import persons
from edge.people.customers.customer import NotMine
from edge.people.customers.queries import read_customer


class ShownTaste(msgspec.Struct, frozen=True):
    """A word of a profile; `names`: by language, of a category; else empty: it is a name as it stands."""

    word: NotMine
    names: dict[str, str]


class ShownTastes(msgspec.Struct, frozen=True):
    """Those of the profile, and those that somebody took out of it."""

    mine: list[ShownTaste]
    not_mine: list[ShownTaste]


def read_tastes(db: Connection, customer: str, at_us: int, today: str, private: Collection[str]) -> ShownTastes:
    """Nothing where somebody did not consent to a profile; `private`: categories of which none ever speaks."""
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
