"""What a box that is gone or stolen knew: the keys of people and of secrets are followed by others here."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.journal.rows import Head
from edge.core.people import wrapping_keys
from edge.lib.errors import ConfigError
from edge.runtime.secrets import secrets_of

TICKETS = "twin.tickets"
"""The secret by which a session comes along to the other box: made anew by whichever box leads and has none."""


class KeyRenewal(msgspec.Struct, frozen=True):
    """What came of it. `passwords`: names of secrets whose values that box knew, and which only who gave them can
    change; `is_by_systemd`: the key of secrets is systemd's to change, and is the old one."""

    passwords: tuple[str, ...] = ()
    is_by_systemd: bool = False


def renew_keys(folder: Path, head: Head, now_us: int) -> KeyRenewal:
    """Put all secrets under a new key, and have a new one wrap the keys of people: `Erasing` writes these anew, and
    destroys the old one, in this run or the next. It waits for the disk. `NeedsHuman`: the disk does not take it."""
    wrapping_keys.with_new_key(folder, (head.epoch, head.seq), now_us)
    store = secrets_of(folder)
    store.remove(TICKETS)
    try:
        store.rotate()
    except ConfigError:
        return KeyRenewal(tuple(one.name for one in store.listed()), is_by_systemd=True)
    return KeyRenewal(tuple(one.name for one in store.listed()))
