"""Locations of capabilities: `edge/FLOOR/NAME`, floors from lowest to highest.

Each floor may import those below it (contract `floors` in pyproject.toml). A capability's contributions (tables, texts,
pages, settings, head office tables) are found by file name through this list.
"""

from __future__ import annotations

import os
from functools import cache
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
    """Return the files of this name (or pattern, such as `papers/*.xml`) in all capabilities, by capability."""
    folders = _capability_folders(EDGE)
    if "*" in name:
        return [path for folder in folders for path in sorted(Path(folder).glob(name))]
    files = (f"{folder}/{name}" for folder in folders)  # text: a start asks for 600 files, few of which are there
    return [Path(file) for file in files if os.path.exists(file)]  # noqa: PTH110


@cache
def _capability_folders(edge: Path) -> tuple[str, ...]:
    """Folders of capabilities, by the capabilities' names."""
    found = [entry for floor in FLOORS if (edge / floor).is_dir() for entry in os.scandir(edge / floor)]
    return tuple(one.path for one in sorted(found, key=lambda one: one.name) if one.is_dir())


def capability_module(path: Path) -> ModuleType:
    """Import the module at this path, or the package of an `__init__.py`."""
    return import_module(module_name(path))


def module_name(path: Path) -> str:
    """Name of the module at this path, or of the package of an `__init__.py`."""
    parts = path.relative_to(EDGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")
