"""Where capabilities live: `edge/FLOOR/NAME`, the floors from the lowest to the highest.

Each floor may import those before it (the contract `floors` in pyproject.toml). What a capability brings (tables,
words, pages, settings, tables of head office) is found in its folder by the name of the file, through this list.
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
    """The files of this name (or pattern, such as `words/en.toml`) in all capabilities, by capability."""
    found = (path for floor in FLOORS for path in (EDGE / floor).glob(f"*/{name}"))
    return sorted(found, key=lambda path: path.relative_to(EDGE).parts[1:])


def capability_module(path: Path) -> ModuleType:
    """The module in one of these files, or the package whose `__init__.py` it is."""
    parts = path.relative_to(EDGE.parent).with_suffix("").parts
    return import_module(".".join(part for part in parts if part != "__init__"))
