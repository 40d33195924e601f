"""Locations of capabilities: `edge/FLOOR/NAME`, floors from lowest to highest.

Each floor may import those below it (contract `floors` in pyproject.toml). A capability's contributions (tables, texts,
pages, settings, head office tables) are found by file name through this list.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

FLOORS = (
    "foundation",
    "goods",
    "people",
    "money",
    "counter",
    "ordering",
    "accounting",
    "analytics",
    "conversation",
    "backoffice",
)
EDGE = Path(__file__).parents[1]


def capability_files(name: str) -> list[Path]:
    """Files of this name (or pattern, such as `words/en.toml`) in all capabilities, by capability."""
    found = (path for floor in FLOORS for path in (EDGE / floor).glob(f"*/{name}"))
    return sorted(found, key=lambda path: path.relative_to(EDGE).parts[1:])


def capability_module(path: Path) -> ModuleType:
    """Import the module at this path, or the package of an `__init__.py`."""
    return import_module(module_name(path))


def module_name(path: Path) -> str:
    """Name of the module at this path, or of the package of an `__init__.py`."""
    parts = path.relative_to(EDGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")
