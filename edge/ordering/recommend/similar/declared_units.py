"""Units that categories declare for attributes, for numbers typed without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Value


def declared_attributes(db: Connection) -> dict[str, dict[str, str]]:
    """Each category's own declared attributes with their units."""
    return {one.id: {name: said.unit for name, said in one.attributes.items()} for one in read_categories(db)}


def units_in(categories: Sequence[str], declared: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The unit that these categories declare for each attribute. The first category takes precedence."""
    return {name: unit for id in reversed(categories) for name, unit in declared.get(id, {}).items()}


def with_unit(value: Value, unit: str) -> Value:
    """Return the value. A number without a unit gets the unit of its category."""
    is_number = value.low is not None or value.high is not None
    return msgspec.structs.replace(value, unit=unit) if is_number and not value.unit else value
