"""Bank accounts on a document, and the seller's country. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from edge.lib.printed_invoice.words import Box, TextRow, around

IBAN_LENGTHS = {
    **{"AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24, "FI": 18},
    **{"FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IT": 27, "LI": 21, "LT": 20, "LU": 20},
    **{"LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24},
}
"""Length of an IBAN by country (ISO 13616, SWIFT registry)."""
_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30})(?![A-Z0-9])")
_ISRAELI = re.compile(
    r"(?:בנק|bank)\D{0,24}?([0-9]{1,2})\D{1,12}?(?:סניף|branch)\D{0,24}?([0-9]{1,3})"
    r"\D{1,16}?(?:חשבון|ח-ן|account)\D{0,8}?([0-9][0-9/-]{3,11})",
    re.IGNORECASE,
)
"""Bank, branch and account, as printed on Israeli documents."""
_AMERICAN = re.compile(
    r"\b(?:USA|U\.S\.A\.|United States)\b|\b(?:EIN|Federal Tax ID)\b"
    r"|\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY]) [0-9]{5}(?:-[0-9]{4})?\b"
)
"""Marks of documents from the United States: the country, its tax number, or a state with a ZIP code."""
MONTH_FIRST = frozenset({"US"})
"""Countries in which 3/4 means March 4 (Unicode CLDR, short dates of en-US)."""


def find_account(rows: Sequence[TextRow]) -> tuple[str, Box] | None:
    """First bank account on a document in canonical form, and its position: an IBAN with valid check digits, or an
    Israeli bank, branch and account."""
    for row in rows:
        found = next(accounts_in(row.text), None)
        if found is not None:
            return found, around(row.words)
    return None


def accounts_in(text: str) -> Iterator[str]:
    """Bank accounts in a text.

    >>> list(accounts_in("IBAN: IL62 0108 0000 0009 9999 999 BIC X"))
    ['IL620108000000099999999']
    >>> list(accounts_in("Bank Hapoalim 12, branch 655, account 12-34"))
    ['12-655-1234']
    """
    for match in _IBAN.finditer(text):
        plain = match[1].replace(" ", "")
        plain = plain[: IBAN_LENGTHS.get(plain[:2], 0)]
        if plain and is_iban(plain):
            yield plain
    for match in _ISRAELI.finditer(text):
        yield f"{int(match[1])}-{int(match[2])}-{re.sub(r'[^0-9]', '', match[3])}"


def is_iban(text: str) -> bool:
    """Whether an IBAN's length and check digits are valid (ISO 7064, modulo 97).

    >>> is_iban("IL620108000000099999999"), is_iban("IL630108000000099999999")
    (True, False)
    """
    if len(text) != IBAN_LENGTHS.get(text[:2]) or not text.isascii() or not text.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def country_of(text: str, vat: str, account: str) -> str:
    """Return the country of a seller (ISO 3166) from the VAT number, bank account, or address; "" if unknown.

    >>> country_of("", "FR60421938861", ""), country_of("Austin, TX 78701", "", ""), country_of("", "123456782", "")
    ('FR', 'US', 'IL')
    """
    if re.fullmatch(r"[0-9]{9}", vat):
        return "IL"
    if re.fullmatch(r"[0-9]{9}RT[0-9]{4}", vat):
        return "CA"
    if re.match(r"[A-Z]{2}", vat):
        return "AT" if vat.startswith("ATU") else vat[:2]
    if account:
        return account[:2] if account[0].isalpha() else "IL"
    return "US" if _AMERICAN.search(text) else ""
