"""SQL lives in .sql files, each statement under a line `-- name: what_it_does`."""

from __future__ import annotations

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load(file: str) -> dict[str, str]:
    """The statements of `sync/hub/<file>` by their names. `ValueError`: a name stands twice."""
    _, *parts = _NAME.split(files("sync.hub").joinpath(file).read_text())
    names, statements = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{file}: a name stands twice")
    return {name: statement.strip() for name, statement in zip(names, statements, strict=True)}
