"""Keeps numpy's linear algebra (OpenBLAS) on one thread. Otherwise, it starts one thread per core, and these spin while
the till needs the cores. Our matrices are small: finding similar items among 60,000 products takes a third of the CPU
time this way, and a third of the wait on a busy machine.
"""

from __future__ import annotations

import os

VARIABLE = "OPENBLAS_NUM_THREADS"


def calculate_on_one_thread() -> None:
    """Call before numpy is loaded, which reads the setting once. An existing setting is kept."""
    os.environ.setdefault(VARIABLE, "1")
