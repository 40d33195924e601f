"""Allowed values of `[till]` keys. Pure, because the till's rules also use them."""

from __future__ import annotations

from typing import Annotated

import msgspec

DISCOUNT_REASONS = ("damaged", "regular", "staff", "goodwill")
"""Default discount reasons, for shops without their own: keys of section `discount`."""
PIN_FOR = ("void_line", "clear_basket", "set_aside", "open_drawer")
PinFor = Annotated[str, msgspec.Meta(pattern=r"^(void_line|clear_basket|set_aside|open_drawer)$(?!\n)", max_length=20)]
"""Actions that may need a manager's PIN although cashiers have the right to them."""
RECEIPT_PARTS = ("logo", "saved", "instead_of", "label", "code", "voided")
"""Optional parts of a receipt: the shop's logo, the customer's savings, former prices, lots and serial numbers, the
code that finds it for returns, and voided lines."""
ReceiptPart = Annotated[str, msgspec.Meta(pattern=r"^(logo|saved|instead_of|label|code|voided)$(?!\n)", max_length=20)]
TaresG = Annotated[tuple[Annotated[int, msgspec.Meta(gt=0, le=20_000)], ...], msgspec.Meta(max_length=6)]
"""Weights of packaging, in grams, shown as keys next to the scale."""
