"""Sums of this process on one thread: numpy's library of linear algebra (OpenBLAS) would start one a core, which wait
for each other in a loop where the till has the cores. What is multiplied here is small: to find what is like one of
60,000 products takes a third of the processor's time so, and beside a busy machine a third of the wait."""

from __future__ import annotations

import os

VARIABLE = "OPENBLAS_NUM_THREADS"


def calculate_on_one_thread() -> None:
    """Called before anything loads numpy, which reads it once. Whoever said another number before is left alone."""
    os.environ.setdefault(VARIABLE, "1")
