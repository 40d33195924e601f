"""What may be changed while the shop runs: a closed list, each as config.toml has it, `section.key`, with its type.

What an accountant, an installer or the law decides (currency, taxes, tax number, the day's turn, devices) is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

Line = Annotated[str, msgspec.Meta(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Lines = Annotated[tuple[Line, ...], msgspec.Meta(max_length=12)]

PinFor = Annotated[str, msgspec.Meta(pattern="^(void_line|clear_basket|open_drawer)$", max_length=20)]
"""What a till may ask a manager's PIN for, though cashiers have the right to it."""

TaresG = Annotated[tuple[Annotated[int, msgspec.Meta(gt=0, le=20_000)], ...], msgspec.Meta(max_length=6)]
"""What packings weigh, in grams, as keys beside the scale."""

KNOWN: Mapping[str, Any] = {
    "store.header": Lines,
    "store.footer": Lines,
    "store.language": Literal["en", "fr", "he"],
    "catalog.retired": Literal["refuse", "sell"],
    "catalog.price_jump_percent": Annotated[int, msgspec.Meta(ge=0, le=10_000)],
    "codes.expired": Literal["ask", "refuse"],
    "till.refunds_without_receipt": bool,
    "till.sign_in": bool,
    "till.sign_out_min": Annotated[int, msgspec.Meta(ge=0, le=1440)],
    "till.discount_reasons": Lines,
    "till.undiscounted": Lines,
    "till.open_amount_most": Annotated[int, msgspec.Meta(ge=0, le=1_000_000)],
    "till.pin_for": Annotated[tuple[PinFor, ...], msgspec.Meta(max_length=3)],
    "till.tares_g": TaresG,
    "gift_cards.offline_most": Annotated[int, msgspec.Meta(ge=0, le=1_000_000)],
    "gift_cards.valid_months": Annotated[int, msgspec.Meta(ge=0, le=1200)],
    "shifts.blind": bool,
    "shifts.required": bool,
    "reviews.buyers_only": bool,
}


def fault_of(name: str, value: object) -> str | None:
    """What is wrong with a value of a setting that there is; None: it can be that."""
    try:
        msgspec.convert(value, KNOWN[name])
    except msgspec.ValidationError as error:
        return str(error)
    return None
