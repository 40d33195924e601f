"""All declared master data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from edge.core.entity import Entity
from edge.lib.floors import capability_files, capability_module


@cache
def found_entities() -> tuple[Entity[Any], ...]:
    """Every `Entity` in `edge/FLOOR/NAME/entities.py`, by table."""
    return tuple(sorted(_declared_entities(), key=lambda one: one.table))


def _declared_entities() -> Iterator[Entity[Any]]:
    for path in capability_files("entities.py"):
        module = capability_module(path)
        yield from (one for one in vars(module).values() if isinstance(one, Entity))
