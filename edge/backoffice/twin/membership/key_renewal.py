"""Replaces the keys that a lost or stolen box knew: those for people's data and for secrets."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.journal.rows import Head
from edge.core.people import wrapping_keys
from edge.lib.errors import ConfigError
from edge.runtime.secrets import secrets_of

TICKETS = "twin.tickets"
"""The secret used to carry a session to the other box. A leading box creates it if missing."""


class KeyRenewal(msgspec.Struct, frozen=True):
    """The result of replacing keys. `passwords`: secrets that the box knew and only their issuer can change;
    `is_by_systemd`: the secrets' key is managed by systemd and unchanged."""

    passwords: tuple[str, ...] = ()
    is_by_systemd: bool = False


def renew_keys(folder: Path, head: Head, now_us: int) -> KeyRenewal:
    """Encrypt all secrets with a new key, and add a new wrapping key for people's keys.

    `Erasing` then encrypts people's keys with it and destroys the old one, in this run or the next. May block on disk
    access. Raises `NeedsHuman` if the disk fails.
    """
    wrapping_keys.with_new_key(folder, (head.epoch, head.seq), now_us)
    store = secrets_of(folder)
    store.remove(TICKETS)
    try:
        store.rotate()
    except ConfigError:
        return KeyRenewal(tuple(one.name for one in store.list_secrets()), is_by_systemd=True)
    return KeyRenewal(tuple(one.name for one in store.list_secrets()))
