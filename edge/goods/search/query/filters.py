"""Conditions in queries: "indica under 15%", "thc 10-20", "moins de 50 €", "מתחת ל-50 ₪". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import msgspec

from edge.goods.search.query.text import plain

PRICE = "price"
LIMITS = 4
"""Maximum conditions per query; further ones are read as words."""


class Limit(msgspec.Struct, frozen=True):
    """A condition: a product's entire range must lie between `low` and `high`, in thousandths (None: no bound).

    `name` is an attribute, `PRICE`, or "" for the product's first one in that unit.
    """

    name: str
    low: int | None = None
    high: int | None = None
    unit: str = ""


_UNDER = (
    r"under|below|less than|at most|max(?:imum)?|moins de|inferieure? a|au plus|au maximum|sous"
    r"|מתחת ל-?|פחות מ-?|לכל היותר|<=|≤|<"
)
_UNTIL = r"up to|until|jusqu['’]?a|עד"
_OVER = (
    r"over|above|more than|at least|min(?:imum)?|plus de|superieure? a|au moins|au dessus de"
    r"|מעל ל-?|מעל|יותר מ-?|לפחות|>=|≥|>"
)
_NUMBER = r"([0-9]{1,9}(?:[.,][0-9]{1,3})?)"
_MONEY = r"₪|€|\$|£|שח|שקל\w*|nis|ils|euros?|eur|dollars?|usd|gbp|cad"
_UNITS = {"percent": "%", "pct": "%", "pour cent": "%", "אחוז": "%", "אחוזימ": "%", "מג": "mg"}
_UNIT = rf"(%|mg/g|mg|{'|'.join(sorted(_UNITS, key=len, reverse=True))}|{_MONEY})"
_TO = r"(?:-|–|to|a|et|and|עד|ל-?)"
_NAME = r"(?:([^\W\d_][\w-]{1,30})\s+)?"
_ONE = re.compile(rf"{_NAME}(?<!\w)(?:({_UNDER})|({_UNTIL})|({_OVER}))\s*{_NUMBER}\s*(?:{_UNIT}(?!\w))?")
_BOTH = re.compile(rf"{_NAME}(?<![\w.])(?:between |entre |בינ )?{_NUMBER}\s*{_TO}\s*{_NUMBER}\s*(?:{_UNIT}(?!\w))?")
_IS_MONEY = re.compile(_MONEY)
_PRICE_WORDS = frozenset(("price", "prix", "מחיר", "cost"))


def filters_in(text: str, attribute: Callable[[str], str | None]) -> tuple[tuple[Limit, ...], str]:
    """Conditions in a query, and the rest in plain spelling.

    `attribute` maps names in plain spelling. A range needs such a name or a currency; "up to" needs a name or unit,
    because it occurs in product names too ("up to 3 kg").

    >>> filters_in("Indica under 15%", {}.get)
    ((Limit(name='', low=None, high=15000, unit='%'),), 'indica')
    """
    rest = plain(text)
    found: list[Limit] = []
    for pattern, limit_of in ((_BOTH, _both), (_ONE, _one)):
        at = 0
        while len(found) < LIMITS and (match := pattern.search(rest, at)):
            name = attribute(match[1]) if match[1] else None
            if match[1] in _PRICE_WORDS:
                name = PRICE
            limit = None if name is None and _counts_things(rest, match) else limit_of(match, name)
            at = match.end() if limit is None else match.start()
            if limit is not None:
                found.append(limit)
                kept = "" if name or not match[1] else match[1]
                rest = f"{rest[: match.start()]}{kept} {rest[match.end() :]}"
    return tuple(found), rest.strip()


def _counts_things(text: str, match: re.Match[str]) -> bool:
    """Whether a word that isn't a unit follows the number: "over 100 ml"."""
    return match[match.re.groups] is None and text[match.end() :].lstrip()[:1].isalpha()


def _one(match: re.Match[str], name: str | None) -> Limit | None:
    _, under, until, over, number, unit = match.groups()
    if name is None and unit is None and until:
        return None
    amount = _thousandths(number)
    low, high = (amount, None) if over else (None, amount)
    return _limit(name, low, high, unit, money=bool(under or over))


def _both(match: re.Match[str], name: str | None) -> Limit | None:
    _, first, last, unit = match.groups()
    if name is None and not (unit and _IS_MONEY.fullmatch(unit)):
        return None
    low, high = sorted((_thousandths(first), _thousandths(last)))
    return _limit(name, low, high, unit, money=False)


def _limit(name: str | None, low: int | None, high: int | None, unit: str | None, money: bool) -> Limit:
    if name is None and ((unit is None and money) or (unit and _IS_MONEY.fullmatch(unit))):
        name = PRICE
    return Limit(name or "", low, high, "" if name == PRICE else _UNITS.get(unit or "", unit or ""))


def _thousandths(number: str) -> int:
    return int(Decimal(number.replace(",", ".")) * 1000)
