"""Python's search for cycles of dead objects: kept off what stays, as it stops the whole process meanwhile."""

from __future__ import annotations

import gc

YOUNG_OBJECTS = 50_000
"""So many more are made than freed before Python looks for cycles (gc.set_threshold). Events decoded a few hundred at a
time make tens of thousands, without cycles, that live until they are written: looking costs half as much again."""


def collect_nothing() -> None:
    """Called before a process loads its modules: nearly all that they make stays, and to look through it is a tenth of
    the start. `freeze_gc` ends that."""
    gc.disable()


def freeze_gc() -> None:
    """Called once modules are loaded, and again once a process has started: registries, pages. A look through these
    takes tens of milliseconds in which nobody's scan is answered; from now on only what comes new is looked at."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)
    gc.enable()
