"""All master data of the shop, as its folders declare it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from edge.core.entity import Entity


@cache
def found_entities() -> tuple[Entity[Any], ...]:
    """Every `Entity` of `edge/shop/*/entities.py`, by its table."""
    return tuple(sorted(_declared_entities(), key=lambda one: one.table))


def _declared_entities() -> Iterator[Entity[Any]]:
    for path in sorted(Path(__file__).parents[1].glob("*/entities.py")):
        module = import_module(f"edge.shop.{path.parent.name}.entities")
        yield from (one for one in vars(module).values() if isinstance(one, Entity))
