"""Checks of element string parts: one predicate per name in the dictionary. Pure.

They follow the GS1 Barcode Syntax Tests. Length and characters have already been validated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from edge.lib.codes.gs1 import lists
from edge.lib.codes.gtin import is_checked

Check = Callable[[str], bool]

_LETTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_PAIR = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_MEDIA = frozenset((*range(1, 11), *range(80, 100)))
_PERCENT = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*")
_POSITION = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


def _checked_pair(value: str) -> bool:
    """Check character pair of a GMN (GS1 General Specifications, 7.9.5)."""
    if len(value) < 2:
        return False
    weights = zip(reversed(value[:-2]), _PRIMES, strict=False)
    total = sum(_LETTERS.index(letter) * prime for letter, prime in weights) % 1021
    return value[-2:] == _PAIR[total >> 5] + _PAIR[total & 31]


def _company(value: str) -> bool:
    """Whether the value can begin with a GS1 Company Prefix, which starts with four digits."""
    return len(value) >= 4 and value[:4].isdigit()


def _day(value: str) -> bool:
    """A date as YYMMDD, in 20YY: only 00 is ambiguous about being a leap year."""
    return _long_day(f"20{value}")


def _day_or_month(value: str) -> bool:
    """Like `_day`, but day 00 means the whole month."""
    return _day(f"{value[:4]}01" if value.endswith("00") else value)


def _long_day(value: str) -> bool:
    # GS1 allows year 0, which Python doesn't; like 2000, it is a leap year
    year, month, day = int(value[:4]) or 2000, int(value[4:6]), int(value[6:])
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _below(*limits: int) -> Check:
    """Pairs of digits, each below its limit."""
    return lambda value: all(int(value[2 * n : 2 * n + 2]) < limit for n, limit in enumerate(limits))


def _one_of(allowed: str) -> Check:
    return lambda value: value in allowed


def _at_most(limit: int) -> Check:
    return lambda value: int(value) <= limit


def _piece_of_total(value: str) -> bool:
    half = len(value) // 2
    return 0 < int(value[:half]) <= int(value[half:])


def _position_in_sequence(value: str) -> bool:
    found = _POSITION.fullmatch(value)
    return found is not None and int(found[1]) <= int(found[2])


def _iban(value: str) -> bool:
    """ISO 13616: letters count from 10, the first four characters move to the end, and the remainder modulo 97 is 1."""
    turned = value[4:] + value[:4]
    if not (10 < len(value) <= 34 and value[:2] in lists.COUNTRY_LETTERS and re.fullmatch("[0-9A-Z]*", turned)):
        return False
    from stdnum.iso7064 import mod_97_10  # loads a library that hardly any code needs

    return mod_97_10.is_valid(turned)


def _length_prefixed(first: int, last: int, more: int = 0) -> str:
    """Return a pattern of a digit from `first` to `last` that says how many digits follow (`more` than itself)."""
    return "(?:" + "|".join(f"{digit}[0-9]{{{digit + more}}}" for digit in range(first, last + 1)) + ")"


_PURCHASE = f"{_length_prefixed(1, 5)}[0-49][0-9]{{3}}"
_OF_COMPANY = f"(?:{_length_prefixed(0, 6, 6)}|9)"
_COUPON = re.compile(
    f"{_length_prefixed(0, 6, 6)}[0-9]{{6}}{_length_prefixed(1, 5)}{_PURCHASE}"
    f"(?:1[0-3]{_PURCHASE}{_OF_COMPANY})?(?:2{_PURCHASE}{_OF_COMPANY})?"
    f"(?:3(?P<until>[0-9]{{6}}))?(?:4(?P<since>[0-9]{{6}}))?"
    f"(?:5{_length_prefixed(0, 9, 6)})?(?:6{_length_prefixed(1, 7, 6)})?(?:9[01256][0-2][0-9][01])?"
)
_OFFER = re.compile(f"[01]{_length_prefixed(0, 6, 6)}[0-9]{{6}}{_length_prefixed(0, 9, 6)}")


def _coupon(value: str) -> bool:
    """North American Coupon Application Guideline, AI (8110): lengths precede their values."""
    found = _COUPON.fullmatch(value)
    if found is None:
        return False
    until, since = found["until"], found["since"]
    return all(_day(day) for day in (until, since) if day) and not (until and since and since > until)


CHECKS: Final[Mapping[str, Check]] = {
    "couponcode": _coupon,
    "couponposoffer": lambda value: _OFFER.fullmatch(value) is not None,
    "csum": is_checked,
    "csumalpha": _checked_pair,
    "gcppos1": _company,
    "gcppos2": lambda value: _company(value[1:]),
    "hasnondigit": lambda value: not value.isdigit(),
    "hh": _below(24),
    "hhmi": _below(24, 60),
    "hyphen": lambda value: not value.strip("-"),
    "iban": _iban,
    "importeridx": lambda value: re.fullmatch("[-_0-9A-Za-z]", value) is not None,
    "iso3166": lists.COUNTRIES.__contains__,
    "iso3166999": lambda value: value == "999" or value in lists.COUNTRIES,
    "iso3166alpha2": lists.COUNTRY_LETTERS.__contains__,
    "iso4217": lists.CURRENCIES.__contains__,
    "iso5218": _one_of("0129"),
    "latitude": _at_most(1_800_000_000),
    "longitude": _at_most(3_600_000_000),
    "mediatype": lambda value: int(value) in _MEDIA,
    "mi": _below(60),
    "nonzero": lambda value: int(value) > 0,
    "nozeroprefix": lambda value: not value.startswith("0"),
    "packagetype": lists.PACKAGES.__contains__,
    "pcenc": lambda value: _PERCENT.fullmatch(value) is not None,
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_in_sequence,
    "ss": _below(60),
    "winding": _one_of("019"),
    "yesno": _one_of("01"),
    "yymmd0": _day_or_month,
    "yymmdd": _day,
    "yyyymmdd": _long_day,
    "zero": lambda value: not value.strip("0"),
}


def is_padded_base64(value: str) -> bool:
    """Whether GS1's engine accepts the value as Base64: at most two trailing "=", length divisible by 3."""
    pads = len(value) - len(value.rstrip("="))
    return "=" not in value[: len(value) - pads] and pads <= 2 and (not pads or len(value) % 3 == 0)
