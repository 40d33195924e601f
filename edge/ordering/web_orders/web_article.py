"""What a web shop sells as one piece, as our goods: a bag of half a kilo, a six-pack, a cup of a size. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.catalog.product import Sku
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.units.quantity import LIMIT, THOUSANDTHS
from edge.ordering.web_orders.web_order import ChannelId, WebLine

ARTICLES_MOST = 5_000
"""Of all channels."""
TheirId = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f/]{1,80}$(?!\n)", extra={"example": "COFFEE-500"})]


class WebArticle(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a channel calls `theirs` (its sku, or its variant's number) is so much of one of our goods, in thousandths
    of what that is sold by (0.5 of a kilo, six pieces), with these modifiers (`size/large`)."""

    channel: ChannelId
    theirs: TheirId
    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] = THOUSANDTHS
    modifiers: ModifierRefs = ()

    def of(self, pieces: int) -> int:
        """Thousandths of our goods in so many thousandths of theirs; `ValueError`: that is not a whole number of them.

        >>> WebArticle("web", "BAG", "coffee", 500).of(2_000)
        1000
        """
        quantity, rest = divmod(pieces * self.quantity, THOUSANDTHS)
        if rest or not 0 < quantity <= LIMIT:
            raise ValueError(f"{pieces} of {self.theirs}")
        return quantity


def names_of(line: WebLine) -> tuple[str, ...]:
    """By what a line's article may be entered here: the number of its variant, which is its alone, else its sku."""
    return tuple(one for one in (line.article, line.sku) if one)
