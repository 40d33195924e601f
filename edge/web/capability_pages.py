"""Web contributions of capabilities, found in their folders by name, so no central list needs editing.

`edge/FLOOR/NAME/routes.py` has `ENDPOINTS`; `edge/FLOOR/NAME/pages/` has `PAGES` and `FRAGMENTS`, with a template,
style and script per page, served like those of `templates/` and `static/`. Both may also declare `TEMPLATE_WORDS`,
`FINDERS` (sources for the manager's search), `OPEN_TO` (addresses for unpaired browsers), `RESULTS` (companions of
results), `PROVIDES` (services for pages of lower capabilities, declared in their `pages/beside.py`) and `prepare`
(loaded after the start).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from edge.lib.floors import EDGE, capability_files, capability_module

SERVED = frozenset({".css", ".js", ".svg", ".png", ".webp"})


def folders() -> list[Path]:
    """Page folders of capabilities."""
    return [path.parent for path in capability_files("pages/__init__.py")]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Modules that declare endpoints, pages and fragments of capabilities."""
    found = [*capability_files("pages/__init__.py"), *capability_files("routes.py")]
    return tuple(capability_module(path) for path in sorted(found, key=lambda path: path.parts[len(EDGE.parts) + 1 :]))


@cache
def declarations(kind: str) -> tuple[Any, ...]:
    """All declarations named `kind`."""
    return tuple(one for module in modules() for one in getattr(module, kind, ()))


def static_files() -> Iterator[tuple[str, Path]]:
    """Static files of capabilities, by served name."""
    for folder in folders():
        for path in sorted(folder.iterdir()):
            if path.suffix in SERVED:
                yield path.name, path
