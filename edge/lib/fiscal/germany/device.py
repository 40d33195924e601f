"""The data of a receipt that a technical security device (TSE) signs, and its form on the receipt. Pure.

Process data and code follow DSFinV-K 2.4, appendix I. The signed message follows BSI TR-03151, part 1 (ASN.1, DER),
with an unsigned time in seconds and plain ECDSA over P-256 by TR-03111.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections import defaultdict
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from edge.lib.fiscal.germany.receipt import GermanReceipt, GermanSignature

PROCESS_TYPE = "Kassenbeleg-V1"
OPERATION = "FinishTransaction"
ALGORITHM, TIME_FORMAT, ENCODING = "ecdsa-plain-SHA256", "unixTime", "UTF-8"
_PLACES = {1: 0, 2: 1, 5: 4}
"""Position of a VAT key's total among five: standard, reduced, two for farmers, untaxed."""
_SIGNED_LOG = bytes.fromhex("060904007f000703070101")
"""id-SE-API-transaction-log, 0.4.0.127.0.7.3.7.1.1."""
_PLAIN_ECDSA = bytes.fromhex("060a04007f00070101040103")
"""ecdsa-plain-SHA256, 0.4.0.127.0.7.1.1.4.1.3."""
_INTEGER, _OCTETS, _SEQUENCE = 0x02, 0x04, 0x30
_OPERATION, _CLIENT, _DATA, _TYPE, _NUMBER = 0x80, 0x81, 0x82, 0x83, 0x85
_SHORT, _LONG = 0x80, 0x80
_HALF_BYTES = 32


class GermanDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device. `serial`: SHA-256 of its public key, hexadecimal; `public_key`: base64 of its 65 bytes; `certificate`:
    base64 of DER, "" if unknown."""

    serial: str
    public_key: str
    certificate: str = ""
    algorithm: str = ALGORITHM
    time_format: str = TIME_FORMAT
    encoding: str = ENCODING


def process_data(receipt: GermanReceipt) -> str:
    """Return kind, gross sums by rate, and payments: cash first, and our own currency before others.

    >>> from edge.lib.fiscal.germany.receipt import GermanLine, GermanPayment
    >>> at = datetime(2026, 11, 3)
    >>> line = GermanLine(label="x", vat_key=2, net_minor=238, tax_minor=17)
    >>> paid = GermanPayment(amount_minor=255)
    >>> process_data(GermanReceipt(id="1", number=1, began=at, ended=at, operator="", signing_fault="", lines=(line,),
    ...     payments=(paid,)))
    'Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar'
    """
    sums = [0] * 5
    for line in receipt.lines:
        sums[_PLACES[line.vat_key]] += line.net_minor + line.tax_minor
    paid: dict[tuple[bool, str], int] = defaultdict(int)
    for one in receipt.payments:
        foreign = "" if one.foreign_minor is None else one.currency
        paid[one.kind != "Bar", foreign] += one.amount_minor if one.foreign_minor is None else one.foreign_minor
    payments = [
        f"{_euros(minor)}:{'Unbar' if by_card else 'Bar'}{foreign and ':' + foreign}"
        for (by_card, foreign), minor in sorted(paid.items())
    ]
    return f"{receipt.kind}^{'_'.join(map(_euros, sums))}^{'_'.join(payments)}"


def signed_message(client: str, signature: GermanSignature) -> bytes:
    """The message that the device signs when a `client` (its serial number) finishes a transaction."""
    certified = b"".join(
        (
            _der(_OPERATION, OPERATION.encode()),
            _der(_CLIENT, client.encode()),
            _der(_DATA, signature.data.encode()),
            _der(_TYPE, PROCESS_TYPE.encode()),
            _der(_NUMBER, _number(signature.transaction)),
        )
    )
    return b"".join(
        (
            _der(_INTEGER, _number(2)),
            _SIGNED_LOG,
            certified,
            _der(_OCTETS, bytes.fromhex(signature.serial)),
            _der(_SEQUENCE, _PLAIN_ECDSA),
            _der(_INTEGER, _number(signature.counter)),
            _der(_INTEGER, _number(signature.ended_s)),
        )
    )


def is_signed_by(device: GermanDevice, client: str, signature: GermanSignature) -> bool:
    """Whether the device signed exactly this receipt for this client."""
    try:
        point = base64.b64decode(device.public_key, validate=True)
        plain = base64.b64decode(signature.signature, validate=True)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        message = signed_message(client, signature)
    except (ValueError, OverflowError, binascii.Error):
        return False
    if hashlib.sha256(point).hexdigest() != device.serial or signature.serial != device.serial:
        return False
    if len(plain) != 2 * _HALF_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (plain[:_HALF_BYTES], plain[_HALF_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def receipt_code(device: GermanDevice, client: str, signature: GermanSignature) -> str:
    """The content of the QR code on a receipt."""
    numbers = (str(signature.transaction), str(signature.counter))
    times = (moment(signature.began_s), moment(signature.ended_s))
    how = (device.algorithm, device.time_format)
    marks = (signature.signature, device.public_key)
    return ";".join(("V0", client, PROCESS_TYPE, signature.data, *numbers, *times, *how, *marks))


def moment(unix_s: int) -> str:
    """Format a device's time as in DSFinV-K: UTC, with milliseconds.

    >>> moment(1_700_000_000)
    '2023-11-14T22:13:20.000Z'
    """
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def unix_seconds(text: str) -> int:
    """Parse a time written by `moment`; -1 if it isn't valid.

    >>> unix_seconds(moment(1_700_000_000))
    1700000000
    """
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return -1


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < _SHORT:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG | len(length))) + length + body


def _number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _euros(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"
