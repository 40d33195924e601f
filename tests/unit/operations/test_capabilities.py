"""What holds for every capability: its commands and queries take only what the ledger can hold."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.operations.ledger import build_registry
from tests.shop_fixture import config

REGISTRY = build_registry(config(Path("/shop")))
SQLITE_MAX = 2**63 - 1
# A move stands in events as well, whose fields stay as wide as they were written.
UNBOUNDED = {"MoveStock.moves[][]"}


def unbounded(schema: dict[str, Any], place: str, parts: dict[str, Any], seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Places of a JSON schema whose integers SQLite could refuse to take."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        if name not in seen:
            yield from unbounded(parts[name], place, parts, (*seen, name))
        return
    if schema.get("type") == "integer" and not (
        "enum" in schema or schema.get("maximum", SQLITE_MAX + 1) <= SQLITE_MAX
    ):
        yield place
    inner = [(kind, place) for kind in schema.get("anyOf", ())]
    inner += [(kind, f"{place}.{name}") for name, kind in schema.get("properties", {}).items()]
    inner += [(kind, f"{place}[]") for kind in (schema.get("items"), *schema.get("prefixItems", ()))]
    for kind, where in inner:
        if isinstance(kind, dict):
            yield from unbounded(kind, where, parts, seen)


INSIDE = {"AddCoupon", "LayBasket", "SellPriced"}
"""Asked inside other commands alone, which have looked at what they hand on."""


@pytest.mark.parametrize("name", sorted(REGISTRY.by_name.keys() - INSIDE))
def test_every_number_of_a_command_fits_into_the_ledger(name: str) -> None:
    command = REGISTRY.by_name[name].command
    _, parts = msgspec.json.schema_components([command])
    assert set(unbounded(parts[name], name, parts)) <= UNBOUNDED, "use shapes.Number, or a narrower limit"


@pytest.mark.parametrize("name", sorted(REGISTRY.queries))
def test_every_number_of_a_query_fits_into_the_ledger(name: str) -> None:
    read = REGISTRY.queries[name].read
    hints = typing.get_type_hints(read, include_extras=True)
    for argument in list(inspect.signature(read).parameters)[1:]:
        (schema,), parts = msgspec.json.schema_components([hints[argument]])
        assert not list(unbounded(schema, argument, parts)), f"{argument}: use shapes.Number"
