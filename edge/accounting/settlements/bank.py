"""Money that a bank's statement says has come. Pure."""

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
    """Money that came to an account on a day; `reference` is the bank's; `nth`: which of several that are alike."""

    day: IsoDate
    currency: Currency
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
    account: Reference = ""
    reference: Reference = ""
    nth: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0

    @property
    def digest(self) -> str:
        """The same for the same credit, in whatever file it comes."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def number_alike(credits: Iterable[BankCredit]) -> tuple[BankCredit, ...]:
    """The same, where several are alike each with its number."""
    seen: Counter[BankCredit] = Counter()
    made = []
    for one in credits:
        made.append(msgspec.structs.replace(one, nth=seen[one]))
        seen[one] += 1
    return tuple(made)


def clean(text: str) -> str:
    """A reference in the letters that references have; of what looks like a card's number the last four."""
    kept = "".join(letter for letter in text if "!" <= letter <= "~")[:64]
    return f"****{kept[-4:]}" if holds_card_number(text.encode()) or holds_card_number(kept.encode()) else kept
