"""How a process is set before it loads its modules."""

from __future__ import annotations

from edge.core.process.gc_tuning import collect_seldom
from edge.core.process.one_thread import calculate_on_one_thread


def tune_process() -> None:
    """Called first: dead objects are seldom looked for, and sums take one thread."""
    collect_seldom()
    calculate_on_one_thread()
