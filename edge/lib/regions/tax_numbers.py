"""Business tax numbers: formats and check digits by country, from python-stdnum. Pure; no registry is queried."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

TAX_NUMBER_CHARS = 24
State = Literal["ok", "unchecked", "wrong"]
"""`ok`: its form and its check digit are right; `unchecked`: only its form is right; no check digit was verified."""

_GAPS = re.compile(r"[\s.\-]+")
_CANADA = re.compile(r"\d{9}RT\d{4}")
"""The business number and the programme account: RT for GST/HST (CRA, guide RC2)."""
_QUEBEC = re.compile(r"\d{10}TQ\d{4}")
"""Revenu Québec's number for the QST."""
_ISRAEL = re.compile(r"\d{9}")
_ELSEWHERE = re.compile(r"[A-Z0-9/]{2,20}")


class TaxNumber(msgspec.Struct, frozen=True):
    """A number without separators, in capitals, and its validation state."""

    number: str
    state: State


def check(text: str, country: str) -> TaxNumber:
    """Validate a typed tax number of a business in `country` (ISO 3166). EU numbers are returned with their VIES
    prefix.

    >>> check("123456782 rt 0001", "CA"), check("404 833 048 83", "FR").state
    (TaxNumber(number='123456782RT0001', state='ok'), 'wrong')
    """
    from stdnum.ca import bn
    from stdnum.eu import vat
    from stdnum.exceptions import ValidationError
    from stdnum.il import idnr

    number = _GAPS.sub("", text).upper()
    if not number.isascii():
        return TaxNumber(number, "wrong")
    if country == "CA" and _QUEBEC.fullmatch(number):
        return TaxNumber(number, "unchecked")
    if country == "CA":
        return TaxNumber(number, "ok" if _CANADA.fullmatch(number) and bn.is_valid(number) else "wrong")
    if country == "IL":
        return TaxNumber(number, "ok" if _ISRAEL.fullmatch(number) and idnr.is_valid(number) else "wrong")
    if country.lower() in vat.MEMBER_STATES:
        prefix = "EL" if country == "GR" else country
        whole = prefix + number.removeprefix(prefix)
        try:
            return TaxNumber(vat.validate(whole), "ok")
        except ValidationError:
            return TaxNumber(whole, "wrong")
    return TaxNumber(number, "unchecked" if _ELSEWHERE.fullmatch(number) else "wrong")
