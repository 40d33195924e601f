"""Coupon codes: terms, number and signature in letters that can be typed. Pure."""

from __future__ import annotations

import hmac
import re
from datetime import date, timedelta
from hashlib import blake2b, sha256
from typing import Annotated

import msgspec

PREFIX = "CP"
KEY_BYTES = 32
SIGNATURE_BYTES = 5
SERIES_MOST = 2**16 - 1
COUPONS_MOST = 200
"""Maximum coupons per series. All are printed at once, and their ids are in a single event."""
SUM_MOST_MINOR = 2**23 - 1
CouponId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
_FIRST = date(2020, 1, 1)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no characters that are mistaken for others."""
_READ_AS = str.maketrans("OIL", "011")
_SAYS_BYTES = 11
_LENGTH = -(-8 * (_SAYS_BYTES + SIGNATURE_BYTES) // 5)
_CODE = re.compile(f"{PREFIX}[{_LETTERS}]{{{_LENGTH}}}")


class CouponTerms(msgspec.Struct, frozen=True):
    """A coupon's value, a `share` in thousandths of a percent or an amount, and its first and last business date."""

    share: int
    sum_minor: int
    starts: date
    ends: date


class CouponCode(msgspec.Struct, frozen=True):
    """A parsed code. Its signature hasn't been verified yet."""

    text: str
    terms: CouponTerms
    series: int
    number: int

    @property
    def id(self) -> str:
        """The coupon's id in the journal."""
        return blake2b(self.text.encode(), digest_size=12, person=b"edge-coupon").hexdigest()

    @property
    def tail(self) -> str:
        """The code's last characters, for display."""
        return self.text[-4:]


def code_of(terms: CouponTerms, series: int, number: int, key: bytes, currency: str = "") -> CouponCode:
    """Create a signed coupon of a series. `currency`: the currency of its amount. Shops that share the key but use
    another currency don't accept it.

    >>> terms = CouponTerms(10_000, 0, date(2026, 11, 1), date(2026, 12, 31))
    >>> read_code(code_of(terms, 7, 1, bytes(32)).text) == code_of(terms, 7, 1, bytes(32))
    True
    """
    kind, value = (0, terms.share) if terms.share else (1, terms.sum_minor)
    says = (kind << 23 | value).to_bytes(3)
    says += b"".join((day - _FIRST).days.to_bytes(2) for day in (terms.starts, terms.ends))
    says += series.to_bytes(2) + number.to_bytes(2)
    signed = _signature(says, key, "" if terms.share else currency)
    return CouponCode(PREFIX + _letters(says + signed), terms, series, number)


def read_code(text: str) -> CouponCode | None:
    """Parse a scanned or typed code; None if it isn't a coupon."""
    bare = re.sub(r"[\s-]", "", text).upper()
    code = bare[: len(PREFIX)] + bare[len(PREFIX) :].translate(_READ_AS)
    if not _CODE.fullmatch(code):
        return None
    says = _bytes(code)
    value, starts, ends = int.from_bytes(says[:3]), _day(says[3:5]), _day(says[5:7])
    worth = value & (1 << 23) - 1
    share, sum_minor = (0, worth) if value >> 23 else (worth, 0)
    terms = CouponTerms(share, sum_minor, starts, ends)
    return CouponCode(code, terms, int.from_bytes(says[7:9]), int.from_bytes(says[9:11]))


def is_signed(code: CouponCode, key: bytes, currency: str = "") -> bool:
    """Whether a shop with this key made exactly this code.

    The last letter has spare bits, which could otherwise yield a second coupon with the same signature. An amount is in
    this `currency`, or was signed before amounts had a currency.
    """
    said = _bytes(code.text)
    says, signature = said[:_SAYS_BYTES], said[_SAYS_BYTES:]
    named = {"", "" if code.terms.share else currency}
    signed = any(hmac.compare_digest(signature, _signature(says, key, one)) for one in named)
    return signed and code.text == PREFIX + _letters(said)


def _signature(says: bytes, key: bytes, currency: str) -> bytes:
    return hmac.new(key, says + currency.encode(), sha256).digest()[:SIGNATURE_BYTES]


def _day(said: bytes) -> date:
    return _FIRST + timedelta(days=int.from_bytes(said))


def _letters(content: bytes) -> str:
    bits = int.from_bytes(content) << (5 * _LENGTH - 8 * len(content))
    return "".join(_LETTERS[bits >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def _bytes(code: str) -> bytes:
    bits = 0
    for letter in code[len(PREFIX) :]:
        bits = bits << 5 | _LETTERS.index(letter)
    size = _SAYS_BYTES + SIGNATURE_BYTES
    return (bits >> (5 * _LENGTH - 8 * size)).to_bytes(size)
