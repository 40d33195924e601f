"""Load SQL from .sql files, with each statement after a line `-- name: what_it_does`."""

from __future__ import annotations

import re
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_STATEMENT = re.compile(r"(?:--[^\n]*|'[^']*'|\$(\w*)\$.*?\$\1\$|[^;])+", re.DOTALL)
IN_TURN = "SET LOCAL citus.multi_shard_modify_mode = 'sequential'"
"""For a transaction that alters tables: Citus then uses one connection per machine, so that it can follow foreign keys.
It has no effect on plain Postgres."""

_COMMENT = re.compile(r"--[^\n]*")


def load(file: str) -> dict[str, str]:
    """The statements of `sync/hub/<file>` by name. Raises `ValueError` for a duplicate name."""
    _, *parts = _NAME.split(files("sync.hub").joinpath(file).read_text())
    names, statements = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{file}: a name is used twice")
    return {name: statement.strip() for name, statement in zip(names, statements, strict=True)}


def split_statements(script: str) -> list[str]:
    """The statements of a script one by one, for Citus, which may pass on the whole text with any of them."""
    return [found[0].strip() for found in _STATEMENT.finditer(script) if _COMMENT.sub("", found[0]).strip()]
