"""Recovery code for a command: the data folder's, or typed from paper."""

from __future__ import annotations

import getpass
import sys

from edge.core.secrets import keys
from edge.lib.errors import NeedsHuman
from edge.runtime.config import Config


def secret_for(config: Config, key: str) -> bytes:
    """Secret with the id `key`. Raises `NeedsHuman` if the typed one differs or is invalid."""
    stored = keys.read_stored_secret(config.folder)
    return stored if stored is not None and keys.key_id(stored) == key else typed_for(key)


def typed_for(key: str) -> bytes:
    """Ask for the recovery code of the secret with the id `key`, and return the secret."""
    typed = getpass.getpass("Recovery code: ") if sys.stdin.isatty() else sys.stdin.readline()
    secret = keys.read(typed)
    if keys.key_id(secret) != key:
        raise NeedsHuman("This isn't the recovery code of that backup.", "Use the code of the box that made it.")
    return secret
