"""The sections of `config.toml` that capabilities declare in their own folders, found by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

from edge.core.config_section import Section

_SHOP = Path(__file__).parents[1] / "shop"


@cache
def kinds() -> Mapping[str, type[Section]]:
    """Each by its key in the file. `ValueError`: two capabilities declare the same."""
    modules = (import_module(f"edge.shop.{path.parent.name}.settings") for path in sorted(_SHOP.glob("*/settings.py")))
    found: dict[str, type[Section]] = {}
    for key, kind in (module.SECTION for module in modules if hasattr(module, "SECTION")):
        if key in found:
            raise ValueError(f"the section [{key}] stands twice")
        found[key] = kind
    return found
