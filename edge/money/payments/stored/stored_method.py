"""A card stored at a provider with its holder's consent: a token and data for display, never the card number."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

Token = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z]{2,8}_[A-Za-z0-9_]{1,60}(/[A-Za-z]{2,8}_[A-Za-z0-9_]{1,60})?$(?!\n)")
]
"""The provider's token for the card, "customer/method" if it has two parts.

It begins with letters, so a card number never matches.
"""
CardBrand = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z ]{0,19}$(?!\n)")]
LastDigits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}$(?!\n)")]
ExpiryMonth = Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$(?!\n)")]
"""The last month in which the card is valid, such as "2028-03"."""
Consent = Literal["said", "paper", "page"]
"""How the holder consented: in person, on paper, or on the provider's page."""
METHODS_MOST = 10
"""Maximum stored cards per customer, not counting revoked ones."""
SEALED = ("token", "brand", "last4", "expiry")
_LONG_DIGITS = re.compile(r"[0-9]{13,19}")


class StoredMethod(msgspec.Struct, frozen=True):
    """A stored card in its current state.

    `revoked`: it can no longer be charged. Brand, digits and expiry are empty if the holder was erased or they can't be
    shown.
    """

    id: str
    customer: str
    provider: str
    consent: Consent
    revoked: bool
    stored_us: int
    brand: str
    last4: str
    expiry: str

    @property
    def display_name(self) -> str:
        """The card as shown next to an amount: "VISA 1111"."""
        return f"{self.brand} {self.last4}".strip()

    def is_over(self, business_date: str) -> bool:
        """Whether the card has expired on a date. A card with an unreadable expiry counts as expired."""
        return self.expiry < business_date[:7]


def looks_like_a_number(token: str) -> bool:
    """Whether the token contains a run of digits that could be a card number."""
    return _LONG_DIGITS.search(token) is not None
