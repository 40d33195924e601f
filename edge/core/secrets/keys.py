"""The recovery code: a 128-bit secret that opens this shop's backups on any box, written so that people can copy it.

Created at the first start and stored in the data folder, readable only by the appliance. The keys for encrypted files
and checkpoint signatures are derived from it (HKDF, RFC 5869), so that it is the only secret to store.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.core.storage.atomic_write import write_once, write_whole
from edge.lib.errors import NeedsHuman

SECRET_BYTES = 16
FILE = "recovery-code"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, which has no letters or digits that look alike."""
_TAKEN_FOR = str.maketrans("ILO", "110")
_CHECK_BITS = 12
_POLYNOMIAL = 0x180F
"""Of CRC-12: x^12 + x^11 + x^3 + x^2 + x + 1."""
_GROUP = 4


def make() -> bytes:
    """Make a new secret."""
    return os.urandom(SECRET_BYTES)


def show(secret: bytes) -> str:
    """Format the secret for writing down: seven groups of four letters with a 12-bit checksum.

    >>> show(bytes(16))
    '0000-0000-0000-0000-0000-0000-03ZZ'
    """
    number = int.from_bytes(secret) << _CHECK_BITS | _check(secret)
    letters = "".join(_LETTERS[number >> shift & 31] for shift in range(135, -1, -5))
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def read(code: str) -> bytes:
    """Parse a written code; accepts lower case, spaces and misread I, L and O.

    Raises `NeedsHuman` if it isn't valid.
    """
    letters = _letters(code)
    places = [_LETTERS.find(letter) for letter in letters]
    number = 0
    for place in places:
        number = number << 5 | place
    if len(letters) == 28 and min(places) >= 0:
        secret = (number >> _CHECK_BITS).to_bytes(SECRET_BYTES)
        if number & (1 << _CHECK_BITS) - 1 == _check(secret):
            return secret
    raise NeedsHuman(
        "This isn't a recovery code.", "A code has seven groups of four letters and digits. Compare it with your paper."
    )


def ends_with(secret: bytes, text: str) -> bool:
    """Whether `text` is the last group of the code. It is normalised as in `read`."""
    return _letters(text)[-_GROUP:] == show(secret)[-_GROUP:]


def read_stored_secret(folder: Path) -> bytes | None:
    """Return the secret of the data folder, or None. Raises `NeedsHuman` if the file is damaged."""
    try:
        return read((folder / FILE).read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise NeedsHuman(f"{folder / FILE} can't be read: {error}.", "Run this as the shop's user.") from error


def store(folder: Path, secret: bytes) -> None:
    """Store `secret` in the data folder, replacing any other."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / FILE, _line(secret))


def stored_or_made(folder: Path) -> bytes:
    """Return the data folder's secret, creating it if needed. Safe for concurrent callers at the first start."""
    if (secret := read_stored_secret(folder)) is not None:
        return secret
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_once(folder / FILE, _line(make()))
    secret = read_stored_secret(folder)
    if secret is None:
        raise FileNotFoundError(folder / FILE)
    return secret


def _line(secret: bytes) -> bytes:
    return f"{show(secret)}\n".encode("ascii")


def derive_key(secret: bytes, purpose: str, salt: bytes = b"", length: int = 32) -> bytes:
    """Derive bytes for one purpose; they reveal nothing about other purposes."""
    return HKDF(algorithm=SHA256(), length=length, salt=salt or None, info=f"edge {purpose}".encode()).derive(secret)


def of_secrets(folder: Path) -> Callable[[bool], bytes | None]:
    """Recovery callback for `SecretStore` in a data folder."""

    def recovery(make: bool) -> bytes | None:
        code = stored_or_made(folder) if make else read_stored_secret(folder)
        return derive_key(code, "secrets") if code else None

    return recovery


def key_id(secret: bytes) -> str:
    """Identifier of the secret that a file was sealed with; doesn't reveal it."""
    return derive_key(secret, "key id", length=8).hex()


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """Key that signs this shop's checkpoints (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(derive_key(secret, "checkpoints"))


def _letters(text: str) -> str:
    return text.upper().translate(_TAKEN_FOR).replace("-", "").replace(" ", "").strip()


def _check(secret: bytes) -> int:
    """Inverted 12-bit CRC: detects every single wrong letter and swapped neighbours."""
    rest = int.from_bytes(secret) << _CHECK_BITS
    for place in range(rest.bit_length() - 1, _CHECK_BITS - 1, -1):
        if rest >> place & 1:
            rest ^= _POLYNOMIAL << place - _CHECK_BITS
    return rest ^ (1 << _CHECK_BITS) - 1
