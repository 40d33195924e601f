"""Sections of `config.toml` that capabilities declare in their folders, found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from edge.core.config_section import ConfigFault, Section
from edge.lib.floors import capability_files, capability_module


@cache
def kinds() -> Mapping[str, type[Section]]:
    """Return section types by their key. Raises `ValueError` if two capabilities declare the same key."""
    modules = (capability_module(path) for path in capability_files("settings.py"))
    found: dict[str, type[Section]] = {}
    for key, kind in (module.SECTION for module in modules if hasattr(module, "SECTION")):
        if key in found:
            raise ValueError(f"the section [{key}] is defined twice")
        found[key] = kind
    return found


def checks() -> Iterator[Callable[[Any], Iterator[ConfigFault]]]:
    """Yield the capabilities' checks of the rest of the file: `faults` of each `from_config.py`."""
    modules = (capability_module(path) for path in capability_files("from_config.py"))
    yield from (module.faults for module in modules if hasattr(module, "faults"))
