"""Authenticates head office's directives, with its public keys, pinned by `edge enrol`, and the highest processed
number.

They are in a file outside the ledger, so that a restore doesn't forget them. Without the file, the box was enrolled
before keys existed: it trusts the broker and reports that.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import structlog

from edge.core.storage.atomic_write import write_whole
from sync import directive_signing
from sync.wire import Directive

_log = structlog.get_logger(__name__)

FILE = Path("head-office", "signing-keys.json")
FILE_BYTES = 64 * 1024
KEYS = 16
"""Number of newest keys to keep, because a key signs its successor and earlier directives may still be in transit."""

NO_KEY = "This box can't verify that updates come from head office, because it doesn't have head office's signing key."
NO_KEY_ADVICE = "Ask head office for a new enrolment with its signing key, and take it with: edge enrol FILE"


class PinnedKey(msgspec.Struct, frozen=True):
    """A public key (Ed25519, hexadecimal) that signs directives. Above the number `after`, the previous key is no
    longer accepted."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    after: int = 0


class Trust(msgspec.Struct, frozen=True):
    """Pinned keys, oldest first, and the highest processed number."""

    keys: tuple[PinnedKey, ...] = ()
    highest: int = 0

    def unproven(self, tenant: str, store: str, directive: Directive) -> str | None:
        """Return why this directive isn't proven to be head office's for this store, as the rest of a sentence; None if
        it is.

        Don't use the number of an unproven directive, because a forged one must not block later ones.
        """
        number, seal = directive.version, directive.seal
        if seal is None:
            return "it isn't signed"
        followers = (*self.keys[1:], None)
        may_sign = [
            pinned.key
            for pinned, follower in zip(self.keys, followers, strict=False)
            if follower is None or number <= follower.after
        ]
        if not any(directive_signing.holds(key, tenant, store, directive) for key in may_sign):
            return "its signature isn't from head office for this store"
        if number > seal.made_us + directive_signing.AHEAD_US:
            return "its number is more than a day ahead of its signing time"
        return None

    def refusal(self, directive: Directive, now_us: int | None) -> str | None:
        """Return why a proven but unknown directive must not be applied; None if it may. `now_us` is None while the
        clock is distrusted; time checks are then skipped."""
        if directive.version <= self.highest:
            return (
                f"its number isn't above {self.highest}, which this box has processed, and its ledger was restored "
                "since: publish it again if it still applies"
            )
        seal = directive.seal
        if seal is not None and now_us is not None and now_us > seal.expires_us:
            return "its signature has expired: publish it again"
        return None

    def with_key(self, key: str, number: int) -> Trust:
        """Add a key that signs everything after `number`."""
        if self.keys[-1].key == key:
            return self
        return Trust((*self.keys, PinnedKey(key, number))[-KEYS:], self.highest)


def is_pinned(folder: Path) -> bool:
    """Whether this data folder has a pinned head office key."""
    return (folder / FILE).exists()


def load(folder: Path) -> Trust | None:
    """Return the pinned keys; None if there never were any. If the file is unreadable, no key is trusted, because
    damaging it must not grant access."""
    try:
        with (folder / FILE).open("rb") as file:
            return msgspec.json.decode(file.read(FILE_BYTES), type=Trust)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("head office's keys can't be read, so none is trusted", file=str(folder / FILE), why=str(error))
        return Trust()


def pin(folder: Path, key: str) -> None:
    """Trust only this key from now on, keeping the processed numbers. Raises `OSError`."""
    known = load(folder) or Trust()
    if [pinned.key for pinned in known.keys[-1:]] != [key]:
        save(folder, Trust((PinnedKey(key),), known.highest))


def save(folder: Path, trust: Trust) -> None:
    """Save durably. Raises `OSError`."""
    write_whole(folder / FILE, msgspec.json.encode(trust))


def raise_highest(folder: Path, number: int) -> None:
    """Mark directives up to `number` as processed. Raises `OSError`."""
    known = load(folder)
    if known is not None and known.keys and number > known.highest:
        save(folder, msgspec.structs.replace(known, highest=number))
