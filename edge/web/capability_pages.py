"""Web contributions of capabilities, found in their folders by name, so no central list needs editing.

`edge/FLOOR/NAME/routes.py` has `ENDPOINTS`; `edge/FLOOR/NAME/pages/` has `PAGES` and `FRAGMENTS`, with a template,
style and script per page, served like those of `templates/` and `static/`. Both may also declare `TEMPLATE_WORDS`,
`FINDERS` (sources for the manager's search), `OPEN_TO` (addresses for unpaired browsers), `RESULTS` (companions of
results), `PROVIDES` (services for pages of lower capabilities, declared in their `pages/beside.py`) and `prepare`
(loaded after the start). The appliance reads most of it from the table of set-up (`page_table.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from edge.lib.floors import EDGE, capability_files, capability_module, module_name
from edge.web.page_table import PageTable, read_page_table

SERVED = frozenset({".css", ".js", ".svg", ".png", ".webp"})


def folders() -> list[Path]:
    """Page folders of capabilities."""
    return [path.parent for path in capability_files("pages/__init__.py")]


_tables: list[PageTable] = []
"""The table in use, if any."""


def use_page_table() -> None:
    """From now on, take declarations from the table created at set-up, if it exists and is current."""
    if table := read_page_table([module_name(path) for path in _declaring_files()]):
        _tables[:] = [table]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Import all modules that declare endpoints, pages and fragments of capabilities."""
    return tuple(capability_module(path) for path in _declaring_files())


@cache
def declarations(kind: str) -> tuple[Any, ...]:
    """Return all declarations named `kind`. Endpoints from a table lack fields that only the API's description
    needs."""
    return tuple(_tables[0].declarations(kind)) if _tables else load_declarations(kind)


def load_declarations(kind: str) -> tuple[Any, ...]:
    """All declarations named `kind`, as their modules have them."""
    return tuple(one for module in modules() for one in getattr(module, kind, ()))


def preparing_modules() -> tuple[ModuleType, ...]:
    """Import the modules needed by the first page; return the modules that load more after the start (`prepare`)."""
    found = [import_module(name) for name in _tables[0].soon()] if _tables else modules()
    return tuple(module for module in found if hasattr(module, "prepare"))


def _declaring_files() -> list[Path]:
    found = [*capability_files("pages/__init__.py"), *capability_files("routes.py")]
    return sorted(found, key=lambda path: path.parts[len(EDGE.parts) + 1 :])


def static_files() -> Iterator[tuple[str, Path]]:
    """Static files of capabilities, by served name."""
    for folder in folders():
        for path in sorted(folder.iterdir()):
            if path.suffix in SERVED:
                yield path.name, path
