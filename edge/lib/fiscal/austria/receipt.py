"""A receipt under Austria's RKSV: its text, its turnover counter and its signature. Pure.

Source: Registrierkassensicherheitsverordnung (BGBl. II Nr. 410/2015), annex: machine-readable code (Z 12 to 14), chain
(Z 4), turnover counter (Z 8, 9), closed systems (suite R1-AT0).
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from typing import Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from edge.lib.fiscal.es256 import from_base64, from_base64url, sign, to_base64url
from edge.lib.fiscal.fault import FiscalFault

HEADER = "eyJhbGciOiJFUzI1NiJ9"
"""{"alg":"ES256"}, the only allowed header."""
OUT = b"Sicherheitseinrichtung ausgefallen"
"""Replaces the signature while no signer responds."""
TRAINING, VOID = (base64.b64encode(word).decode("ascii") for word in (b"TRA", b"STO"))
"""Replaces the encrypted turnover counter in training and void receipts."""
SUMS = ("normal", "reduced 1", "reduced 2", "zero", "special")
COUNTER_BYTES = 8
LEAST_COUNTER_BYTES = 5
KEY_BYTES = 32
CHAIN_BYTES = 8
_TIME = "%Y-%m-%dT%H:%M:%S"
_SUM = re.compile(r"-?(?:0|[1-9]\d*),\d\d")
_PARTS = 12

RksvKind = Literal["standard", "void", "training"]
"""Start, month and year receipts are standard receipts of zero."""


class RksvRegister(msgspec.Struct, frozen=True):
    """A registered cash register. `suite`: R1-ATn, the provider of the signer's certificate."""

    id: str
    aes_key: bytes
    suite: str = "R1-AT1"


class RksvReceipt(msgspec.Struct, frozen=True):
    """The data to sign. Sums include tax, in cents, by rate in the order of `SUMS`; `at` is local time."""

    number: str
    at: datetime
    sums_minor: tuple[int, int, int, int, int]
    kind: RksvKind = "standard"


class RksvSigner(msgspec.Struct, frozen=True):
    """The signer. `certificate`: its serial number in hexadecimal, or COMPANY-KEYID in a closed system. Without a key,
    the signing device is out of order."""

    certificate: str
    key: ec.EllipticCurvePrivateKey | None


class RksvState(msgspec.Struct, frozen=True):
    """State for the next receipt: the turnover so far in cents, and the previous receipt as JWS (empty: none)."""

    counter_minor: int = 0
    previous: str = ""


class RksvText(msgspec.Struct, frozen=True):
    """The parts of a signed text. The counter is still encrypted."""

    suite: str
    register: str
    number: str
    at: datetime
    sums_minor: tuple[int, ...]
    counter: str
    certificate: str
    chain: str

    @property
    def kind(self) -> RksvKind:
        return "training" if self.counter == TRAINING else "void" if self.counter == VOID else "standard"

    @property
    def is_zero(self) -> bool:
        return not any(self.sums_minor) and self.kind == "standard"


def sign_receipt(
    register: RksvRegister, receipt: RksvReceipt, state: RksvState, signer: RksvSigner
) -> tuple[str, RksvState]:
    """Sign a receipt: its JWS in compact form, and the state for the next one."""
    counter_minor = next_counter(state.counter_minor, receipt.kind, receipt.sums_minor)
    parts = (
        register.suite,
        register.id,
        receipt.number,
        f"{receipt.at:{_TIME}}",
        *map(_format_sum, receipt.sums_minor),
        _counter(register, receipt, counter_minor),
        signer.certificate,
        chain_value(register.id, state.previous),
    )
    if any("_" in part or not part or not part.isprintable() for part in parts):
        raise FiscalFault("part", f"receipt {receipt.number!r}", "a part of its text is empty or has an underscore.")
    signed = f"{HEADER}.{to_base64url(('_' + '_'.join(parts)).encode())}"
    signature = sign(signer.key, signed.encode("ascii")) if signer.key else OUT
    jws = f"{signed}.{to_base64url(signature)}"
    return jws, RksvState(counter_minor, jws)


def next_counter(counter_minor: int, kind: RksvKind, sums_minor: tuple[int, ...]) -> int:
    """Return the turnover after a receipt. Training receipts aren't counted. A void subtracts its sums, even below
    zero."""
    return counter_minor if kind == "training" else counter_minor + sum(sums_minor)


def chain_value(register: str, previous: str) -> str:
    """Return the receipt's reference to the previous receipt, or for the first one to the register."""
    return base64.b64encode(hashlib.sha256((previous or register).encode()).digest()[:CHAIN_BYTES]).decode("ascii")


def encrypt_counter(register: RksvRegister, number: str, counter_minor: int, size: int = COUNTER_BYTES) -> str:
    """Encrypt the turnover with the register's AES key. Raises `OverflowError` if it needs more than `size` bytes."""
    block = counter_minor.to_bytes(size, "big", signed=True).ljust(16, b"\0")
    return base64.b64encode(_icm(register, number, block)[:size]).decode("ascii")


def decrypt_counter(register: RksvRegister, number: str, counter: str) -> int:
    """Decrypt the turnover in a receipt's text, in cents. Raises `ValueError` if it isn't 5 to 16 bytes in base64."""
    data = from_base64(counter)
    if not LEAST_COUNTER_BYTES <= len(data) <= 16:
        raise ValueError(f"has {len(data)} bytes")
    return int.from_bytes(_icm(register, number, data.ljust(16, b"\0"))[: len(data)], "big", signed=True)


def machine_code(jws: str) -> str:
    """The content of the QR code on paper: text and signature, in the base64 of RFC 4648, 4."""
    _, payload, signature = split_jws(jws)
    return f"{from_base64url(payload).decode()}_{base64.b64encode(from_base64url(signature)).decode('ascii')}"


def from_machine_code(code: str) -> str:
    """Convert back to JWS compact form. Raises `FiscalFault` `malformed` if the code isn't a receipt's."""
    text, _, signature = code.rpartition("_")
    try:
        return f"{HEADER}.{to_base64url(text.encode())}.{to_base64url(from_base64(signature))}"
    except ValueError as error:
        raise FiscalFault("malformed", "machine code", f"its signature {error}.") from error


def split_jws(jws: str) -> tuple[str, str, str]:
    """Split a JWS into header, payload and signature. Raises `FiscalFault` `malformed`."""
    parts = jws.split(".")
    if len(parts) != 3 or parts[0] != HEADER:
        raise FiscalFault("malformed", f"receipt {jws[:40]!r}", "it isn't a JWS of three parts with ES256.")
    return parts[0], parts[1], parts[2]


def read_text(payload: str) -> RksvText:
    """Parse a payload. Raises `ValueError` for a text that `sign_receipt` wouldn't write."""
    text = from_base64url(payload).decode()
    begin, *parts = text.split("_")
    if begin or len(parts) != _PARTS:
        raise ValueError(f"has {len(parts)} parts, not {_PARTS}")
    suite, register, number, at, *sums, counter, certificate, chain = parts
    if wrong := [part for part in sums if not _SUM.fullmatch(part) or part == "-0,00"]:
        raise ValueError(f"has a sum {wrong[0]!r}")
    moment = datetime.strptime(at, _TIME)
    if f"{moment:{_TIME}}" != at:
        raise ValueError(f"has a time {at!r}")
    sums_minor = tuple(int(part.replace(",", "")) for part in sums)
    return RksvText(suite, register, number, moment, sums_minor, counter, certificate, chain)


def _counter(register: RksvRegister, receipt: RksvReceipt, counter_minor: int) -> str:
    match receipt.kind:
        case "training":
            return TRAINING
        case "void":
            return VOID
    return encrypt_counter(register, receipt.number, counter_minor)


def _format_sum(minor: int) -> str:
    """
    >>> _format_sum(-1250), _format_sum(0)
    ('-12,50', '0,00')
    """
    return f"{'-' * (minor < 0)}{abs(minor) // 100},{abs(minor) % 100:02}"


def _icm(register: RksvRegister, number: str, block: bytes) -> bytes:
    """AES-256 in counter mode, starting at a value unique to this receipt of this register."""
    start = hashlib.sha256((register.id + number).encode()).digest()[:16]
    return Cipher(algorithms.AES(register.aes_key), modes.CTR(start)).encryptor().update(block)
