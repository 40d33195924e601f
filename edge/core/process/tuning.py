"""Process settings for module loading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from edge.core.process.gc_tuning import collect_nothing, freeze_gc
from edge.core.process.one_thread import calculate_on_one_thread
from edge.core.tls.late_authorities import late_authorities
from edge.lib.prepared_patterns import use_prepared_patterns


@contextmanager
def loading() -> Iterator[None]:
    """While modules load, disable garbage collection and postpone loading the system's certificate authorities.

    From here on, numpy also stays on one thread.
    """
    calculate_on_one_thread()
    collect_nothing()
    use_prepared_patterns()
    try:
        with late_authorities():
            yield
    finally:
        freeze_gc()
