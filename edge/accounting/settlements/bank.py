"""Credits on a bank statement. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import msgspec

from edge.accounting.settlements.batch import Reference
from edge.core.messages import IsoDate
from edge.lib.units.card_numbers import holds_card_number
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import Currency


class BankCredit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A credit to an account on a day. `reference`: the bank's; `nth`: distinguishes identical credits."""

    day: IsoDate
    currency: Currency
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    account: Reference = ""
    reference: Reference = ""
    nth: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0

    @property
    def digest(self) -> str:
        """A digest that identifies the credit in any file."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def number_alike(credits: Iterable[BankCredit]) -> tuple[BankCredit, ...]:
    """Number identical credits."""
    seen: Counter[BankCredit] = Counter()
    made = []
    for one in credits:
        made.append(msgspec.structs.replace(one, nth=seen[one]))
        seen[one] += 1
    return tuple(made)


def clean(text: str) -> str:
    """A reference reduced to allowed characters. Anything that looks like a card number is cut to its last
    four digits."""
    kept = "".join(letter for letter in text if "!" <= letter <= "~")[:64]
    return f"****{kept[-4:]}" if holds_card_number(text.encode()) or holds_card_number(kept.encode()) else kept
