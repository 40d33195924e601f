"""A web shop's article as a quantity of our product: a half-kilo bag, a six-pack, a cup of a size. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.catalog.product import Sku
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.units.quantity import LIMIT, THOUSANDTHS
from edge.ordering.web_orders.web_order import ChannelId, WebLine

ARTICLES_MOST = 5_000
"""Maximum articles of all channels together."""
TheirId = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f/]{1,80}$(?!\n)", extra={"example": "COFFEE-500"})]


class WebArticle(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A channel's article `theirs` (its SKU, or its variant's number) is this quantity of our product, in thousandths
    of its unit (half a kilogram, six pieces), with these modifiers (`size/large`)."""

    channel: ChannelId
    theirs: TheirId
    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] = THOUSANDTHS
    modifiers: ModifierRefs = ()

    def of(self, pieces: int) -> int:
        """Thousandths of our product in `pieces` thousandths of the article; Raises `ValueError` if it isn't a whole
        number.

        >>> WebArticle("web", "BAG", "coffee", 500).of(2_000)
        1000
        """
        quantity, rest = divmod(pieces * self.quantity, THOUSANDTHS)
        if rest or not 0 < quantity <= LIMIT:
            raise ValueError(f"{pieces} of {self.theirs}")
        return quantity


def names_of(line: WebLine) -> tuple[str, ...]:
    """The names by which a line's article may be mapped: its variant's number, which is unique, then its SKU."""
    return tuple(one for one in (line.article, line.sku) if one)
