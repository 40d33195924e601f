"""The environment of a process that opens untrusted files.

Only what is needed to find programs and read texts; nothing meant for other processes, such as addresses and passwords
of databases."""

from __future__ import annotations

import os
from collections.abc import Mapping

NEEDED = frozenset(
    (
        *("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8"),
        *("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "CUDA_VISIBLE_DEVICES", "COVERAGE_PROCESS_START"),
    )
)


def bare_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of such a process, with `more` added."""
    return {name: value for name, value in os.environ.items() if name in NEEDED} | dict(more or {})
