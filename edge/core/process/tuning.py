"""Process settings for module loading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edge.core.process.gc_tuning import collect_nothing, freeze_gc
from edge.core.process.one_thread import calculate_on_one_thread
from edge.core.tls.late_authorities import late_authorities


@contextmanager
def loading() -> Iterator[None]:
    """While modules load, disable garbage collection and leave the system's certificate authorities for later; numpy
    stays on one thread from here."""
    calculate_on_one_thread()
    collect_nothing()
    try:
        with late_authorities():
            yield
    finally:
        freeze_gc()
