"""What a store decides about its tills."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.lib.codes.rules import CodeRules
from edge.lib.tax.rules import TaxTable


class TillSettings(msgspec.Struct, frozen=True):
    """`header` are the lines on top of a receipt; `cash_step_minor` is the smallest coin (1: no rounding).

    `tax_class`: the one of products that say nothing else. `retired`: whether what the shop gave up is still sold.
    `expired`: whether the cashier is asked about a product whose last day is over, or it is refused.
    `sign_in`: whether nobody sells who has not signed in; `sign_out_min`: how long one stays so (0: for ever).
    `slips`: whether other printers are told of orders (`edge/shop/kitchen`).
    `notes_minor`: the currency's notes, none where they are not known.
    `country`: whose way of writing dates pages have (ISO 3166); empty: that of the zone.
    `refunds_without_receipt`: whether goods come back that nobody has a receipt for.
    """

    currency: str
    tax: TaxTable
    tax_number: str
    header: tuple[str, ...]
    footer: tuple[str, ...]
    language: str
    zone: str
    cash_step_minor: int = 1
    codes: CodeRules = CodeRules()
    expired: Literal["ask", "refuse"] = "ask"
    tax_class: str = "standard"
    retired: Literal["refuse", "sell"] = "refuse"
    refunds_without_receipt: bool = False
    slips: bool = False
    sign_in: bool = False
    sign_out_min: int = 0
    notes_minor: tuple[int, ...] = ()
    country: str = ""


def name_in(names: dict[str, str], language: str) -> str:
    """A product's name in a language, or in the first one it has."""
    return names.get(language) or next(iter(names.values()), "")
