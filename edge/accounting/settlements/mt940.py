"""Bank statements as MT940 (SWIFT, Customer Statement Message). Pure.

Fields `:61:` are movements between the balances `:60F:` (or `:60M:`) and `:62F:` (`:62M:`), which they must match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from edge.accounting.settlements.bank import BankCredit, clean, number_alike
from edge.core.messages import Refusal
from edge.lib.units.money import parse_minor

_FIELD = re.compile(r"^:(\d\d[A-Z]?):", re.MULTILINE)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]{1,15})")
_MOVE = re.compile(r"(\d{6})(\d{4})?(R?[CD])[A-Z]?([\d,]{1,15})[A-Z][A-Z0-9]{3}([^\r\n]*)")
_SIGNS = {"C": 1, "RD": 1, "D": -1, "RC": -1}
"""`RC`: a reversed credit."""


def read_mt940(text: str) -> tuple[BankCredit, ...]:
    """The credits of a file. Raises `Refusal` if it's unreadable or its balances don't match."""
    try:
        return number_alike(_credits(text))
    except (ValueError, AttributeError) as error:
        raise Refusal("bank_file") from error


def _credits(text: str) -> Iterator[BankCredit]:
    """Credits of a file. Raises `ValueError` or `AttributeError` if a field is malformed."""
    account, currency, balance_minor = "", "", 0
    begun = False
    for tag, value in _fields(text):
        match tag:
            case "25":
                account = clean(value)
            case "60F" | "60M":
                currency, balance_minor = _balance(value)
                begun = True
            case "61":
                sign, credit = _move(value, currency, account)
                balance_minor += sign * credit.amount_minor
                if sign > 0 and credit.amount_minor:
                    yield credit
            case "62F" | "62M":
                if not begun or _balance(value) != (currency, balance_minor):
                    raise Refusal("bad_control_total")
                begun = False
    if begun or not currency:
        raise ValueError("a statement has no closing record")


def _fields(text: str) -> Iterator[tuple[str, str]]:
    found = list(_FIELD.finditer(text))
    for at, one in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        yield one[1], text[one.end() : end].strip()


def _balance(value: str) -> tuple[str, int]:
    found = _BALANCE.match(value)
    if found is None:
        raise ValueError("no balance")
    side, _, currency, amount = found.groups()
    return currency, (1 if side == "C" else -1) * _minor(amount, currency)


def _move(value: str, currency: str, account: str) -> tuple[int, BankCredit]:
    """A movement's sign, and its data as a credit."""
    found = _MOVE.match(value)
    if found is None or not currency:
        raise ValueError("no money moved")
    valued, booked, side, amount, references = found.groups()
    day = _day(valued, booked)
    ours, _, banks = references.partition("//")
    minor, reference = _minor(amount, currency), clean(banks or ours)
    credit = BankCredit(day=day, currency=currency, amount_minor=minor, account=account, reference=reference)
    return _SIGNS[side], credit


def _day(valued: str, booked: str | None) -> str:
    """The booking day (MMDD), in the year of its value date (YYMMDD) or an adjacent year."""
    value = date(2000 + int(valued[:2]), int(valued[2:4]), int(valued[4:]))
    if not booked:
        return value.isoformat()
    month, day = int(booked[:2]), int(booked[2:])
    year = value.year + (month == 1 and value.month == 12) - (month == 12 and value.month == 1)
    return date(year, month, day).isoformat()


def _minor(amount: str, currency: str) -> int:
    """An amount with a decimal comma, such as `1234,5` or `1234,`."""
    whole, _, cents = amount.partition(",")
    return parse_minor(f"{whole}.{cents or 0}", currency)
