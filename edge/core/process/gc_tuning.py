"""Python's cyclic garbage collection: spares long-lived objects, because it pauses the process."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""Net allocations before Python looks for cycles (gc.set_threshold). Decoding a few hundred events allocates tens of
thousands of objects without cycles; scanning them adds half of the time."""


def collect_nothing() -> None:
    """Disable collection while modules load: almost everything stays, and scanning it takes a tenth of the start.
    `freeze_gc` enables it again."""
    gc.disable()


def freeze_gc() -> None:
    """Call after loading modules and again after start-up. Scanning long-lived objects takes tens of milliseconds
    during which no scan is answered; afterwards only new objects are scanned."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
