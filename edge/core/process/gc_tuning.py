"""Tunes Python's cyclic garbage collection to skip long-lived objects, because scanning them pauses the process."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""Net allocations before Python looks for cycles (gc.set_threshold). Decoding a few hundred events allocates tens of
thousands of objects without cycles; scanning these would add half of the time."""


def collect_nothing() -> None:
    """Disable collection while modules load. Almost all objects stay, and scanning them takes a tenth of the start.
    `freeze_gc` enables it again."""
    gc.disable()


def freeze_gc() -> None:
    """Exclude existing objects from collection. Call it after loading modules and again after start-up: scanning them
    would take tens of milliseconds in which no scan is answered."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
