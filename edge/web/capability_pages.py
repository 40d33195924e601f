"""What capabilities bring to the web: found in their folders by name, so that no list outside them has to be edited.

`edge/shop/NAME/routes.py` has `ENDPOINTS`; `edge/shop/NAME/pages/` has `PAGES` and `FRAGMENTS`, and beside these a
template, a style and a script of each page, which are served as those of `templates/` and `static/` are. What else
either may declare: `TEMPLATE_WORDS`, `FINDERS` (what the search of the manager's head asks), `OPEN_TO` (addresses for
strangers), `RESULTS` (what stands beside results) and `prepare` (what is loaded behind the start).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

SHOP = Path(__file__).parents[1] / "shop"
SERVED = frozenset({".css", ".js", ".svg", ".png", ".webp"})


def folders() -> list[Path]:
    """Where capabilities keep their templates, styles and scripts."""
    return sorted(path.parent for path in SHOP.glob("*/pages/__init__.py"))


@cache
def modules() -> tuple[ModuleType, ...]:
    """What declares endpoints, pages and fragments of capabilities."""
    found = sorted([*SHOP.glob("*/routes.py"), *SHOP.glob("*/pages/__init__.py")])
    return tuple(import_module(_name(path)) for path in found)


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


def _name(path: Path) -> str:
    parts = path.relative_to(SHOP.parents[1]).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")
