"""Numbers by which tax offices know a business, as invoices name them: their form by country, and what can be checked
of it here. Pure; nobody is asked whether such a business is there."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Literal

import msgspec

TAX_NUMBER_CHARS = 24
State = Literal["ok", "unchecked", "wrong"]
"""`ok`: its form and its check digit are right; `unchecked`: of the form alone, no check digit was looked at."""

_GAPS = re.compile(r"[\s.\-]+")
_CANADA = re.compile(r"(\d{9})RT\d{4}")
"""The business number and the programme account: RT for GST/HST (CRA, guide RC2)."""
_QUEBEC = re.compile(r"\d{10}TQ\d{4}")
"""Revenu Québec's own, for the QST."""
_ISRAEL = re.compile(r"\d{9}")
_ELSEWHERE = re.compile(r"[A-Z0-9/]{2,20}")
_VIES = MappingProxyType(
    {
        "AT": r"U\d{8}",
        "BE": r"[01]\d{9}",
        "BG": r"\d{9,10}",
        "CY": r"\d{8}[A-Z]",
        "CZ": r"\d{8,10}",
        "DE": r"\d{9}",
        "DK": r"\d{8}",
        "EE": r"\d{9}",
        "EL": r"\d{9}",
        "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
        "FI": r"\d{8}",
        "FR": r"[A-Z0-9]{2}\d{9}",
        "HR": r"\d{11}",
        "HU": r"\d{8}",
        "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
        "IT": r"\d{11}",
        "LT": r"(\d{9}|\d{12})",
        "LU": r"\d{8}",
        "LV": r"\d{11}",
        "MT": r"\d{8}",
        "NL": r"[A-Z0-9+*]{12}",
        "PL": r"\d{10}",
        "PT": r"\d{9}",
        "RO": r"\d{2,10}",
        "SE": r"\d{12}",
        "SI": r"\d{8}",
        "SK": r"\d{10}",
    }
)
"""What stands behind the two letters of the state (European Commission, VIES: "VAT identification number structure"):
lengths and characters; check digits, which each state has its own way of, are not looked at."""


class TaxNumber(msgspec.Struct, frozen=True):
    """A number without its gaps, in capitals, and what is known of it."""

    number: str
    state: State


def check(text: str, country: str) -> TaxNumber:
    """A tax number of a business of `country` (ISO 3166), as somebody typed it.

    >>> check("123456782 rt 0001", "CA")
    TaxNumber(number='123456782RT0001', state='ok')
    """
    number = _GAPS.sub("", text).upper()
    prefix = "EL" if country == "GR" else country
    if not number.isascii():
        return TaxNumber(number, "wrong")
    if country == "CA":
        return TaxNumber(number, _canadian(number))
    if country == "IL":
        return TaxNumber(number, "ok" if _ISRAEL.fullmatch(number) and _luhn(number) else "wrong")
    if prefix in _VIES:
        bare = number.removeprefix(prefix)
        return TaxNumber(prefix + bare, "unchecked" if re.fullmatch(_VIES[prefix], bare) else "wrong")
    return TaxNumber(number, "unchecked" if _ELSEWHERE.fullmatch(number) else "wrong")


def _canadian(number: str) -> State:
    if _QUEBEC.fullmatch(number):
        return "unchecked"
    found = _CANADA.fullmatch(number)
    return "ok" if found and _luhn(found[1]) else "wrong"


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B; Israel's numbers have the same."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(one // 10 + one % 10 for one in doubled) % 10 == 0
