"""The environment of a process that opens untrusted files.

It has only the variables needed to find programs and read texts, not those of other processes, such as database
addresses and passwords.
"""

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
