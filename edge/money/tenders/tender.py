"""The shop's own tenders, and foreign cash. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec

from edge.lib.units.money import RATE_ONE, divide_half_up

TENDERS_MOST = 20
"""Maximum number of the shop's own tenders, and of currencies."""
OWN = frozenset({"cash", "card", "gift", "credit", "account"})
"""Kinds of tender that every till has."""
ADVANCE = "advance"
"""The prepayment of an order, used to pay for it. Tills can't take it as a tender."""
FOREIGN = "cash_"

TenderId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=30)]], msgspec.Meta(min_length=1, max_length=10)
]


class ShopTender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the shop's own tenders.

    `surplus`: how a payment above the sum due is handled. `back`: whether refunds can go to it.
    """

    id: TenderId
    names: Names
    surplus: Literal["refused", "change", "kept"] = "refused"
    back: bool = True


class ForeignRate(msgspec.Struct, frozen=True):
    """A foreign currency's rate on a business day: the value of its minor unit, in millionths of ours."""

    currency: str
    rate: int
    business_date: str


NO_RATES: Mapping[str, ForeignRate] = MappingProxyType({})


def is_foreign(kind: str) -> bool:
    """Whether a kind of tender is foreign cash."""
    return kind.startswith(FOREIGN)


def currency_of(kind: str) -> str:
    """The currency of a kind of foreign cash."""
    return kind.removeprefix(FOREIGN).upper()


def worth_minor(foreign_minor: int, rate: int) -> int:
    """The value of foreign cash in the shop's currency, rounding halves up.

    >>> worth_minor(1_000, 3_655_000)
    3655
    """
    return divide_half_up(foreign_minor * rate, RATE_ONE)
