"""A promotion's deal in words, for pages of other capabilities too."""

from __future__ import annotations

import msgspec

from edge.goods.promotions.promotion import BuyGet, Deal
from edge.lib.tax.rules import FULL
from edge.web.live.localizer import Localizer

FIELD = {"share": "share", "off_minor": "off", "price_minor": "price", "spend_minor": "spend"}
"""Form fields of deals whose typed form differs from the stored one."""


def deal_sentence(texts: Localizer, deal: Deal) -> str:
    """A deal in a localised sentence."""
    values: dict[str, object] = {}
    for field, value in msgspec.structs.asdict(deal).items():
        if field == "share":
            values["percent"] = texts.quantity(value)
        else:
            values[FIELD.get(field, field)] = texts.money(value) if field.endswith("_minor") else value
    kind = "buy_get_free" if isinstance(deal, BuyGet) and deal.share == FULL else deal.__struct_config__.tag
    return texts.say(f"promotion.says_{kind}", **values)
