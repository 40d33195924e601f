"""What capabilities bring to the web: found in their folders by name, so that no list outside them has to be edited.

`edge/FLOOR/NAME/routes.py` has `ENDPOINTS`; `edge/FLOOR/NAME/pages/` has `PAGES` and `FRAGMENTS`, and beside these a
template, a style and a script of each page, which are served as those of `templates/` and `static/` are. What else
either may declare: `TEMPLATE_WORDS`, `FINDERS` (what the search of the manager's head asks), `OPEN_TO` (addresses for
strangers), `RESULTS` (what stands beside results), `PROVIDES` (services that pages of capabilities below ask for, as
their `pages/beside.py` declares them) and `prepare` (what is loaded behind the start).
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
    """Where capabilities keep their templates, styles and scripts."""
    return [path.parent for path in capability_files("pages/__init__.py")]


@cache
def modules() -> tuple[ModuleType, ...]:
    """What declares endpoints, pages and fragments of capabilities."""
    found = [*capability_files("pages/__init__.py"), *capability_files("routes.py")]
    return tuple(capability_module(path) for path in sorted(found, key=lambda path: path.parts[len(EDGE.parts) + 1 :]))


@cache
def declarations(kind: str) -> tuple[Any, ...]:
    """All that modules declare under the name `kind`."""
    return tuple(one for module in modules() for one in getattr(module, kind, ()))


def static_files() -> Iterator[tuple[str, Path]]:
    """Styles, scripts and drawings of capabilities, by the name under which they are served."""
    for folder in folders():
        for path in sorted(folder.iterdir()):
            if path.suffix in SERVED:
                yield path.name, path
