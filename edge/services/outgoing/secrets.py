"""A secret in a file of its own, which others cannot read."""

from __future__ import annotations

import stat
from pathlib import Path

from edge.lib.errors import ConfigError

LIMIT_BYTES = 8_192


def read_secret(path: Path) -> str:
    """Its first line. `ConfigError`: it is not there, is empty, or others may read it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")[:LIMIT_BYTES].strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f"The secret in {path} cannot be read: {error}.", "Write it there, as one line.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"Others on this machine may read {path}.", f"Let its owner alone read it: chmod 600 {path}")
    if not text:
        raise ConfigError(f"{path} is empty.", "Write the secret there, as one line.")
    return text.splitlines()[0]
