"""Other tills and their item assignments, as master data."""

from __future__ import annotations

import msgspec

from edge.backoffice.other_tills.commands import EndOtherTill, EndPosItem, SetOtherTill, SetPosItem
from edge.backoffice.other_tills.events import OtherTillEnded, OtherTillSet, PosItemEnded, PosItemSet
from edge.backoffice.other_tills.other_till import ITEMS_MOST, TILLS_MOST, OtherTill, PosItem, require_sense
from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.rows import find_stocked, kind_of


def known_places(tx: Transaction, wanted: OtherTill, known: OtherTill | None) -> OtherTill:
    """Check another till's settings. Raises `Refusal` if they contradict each other, or name an unknown location."""
    require_sense(wanted)
    for ours in wanted.our_places.values():
        if kind_of(tx.db, ours) is None:
            raise Refusal("no_location", {"location": ours[:80]})
    return wanted


def known_product(tx: Transaction, wanted: PosItem, known: PosItem | None) -> PosItem:
    """Check an item's assignment. A case's code is replaced by its product, in the quantity of the case. Raises
    `Refusal` if the till or the product doesn't exist."""
    if TILLS.find(tx.db, wanted.pos) is None:
        raise Refusal(TILLS.unknown.code, TILLS.unknown.values(wanted.pos))
    if wanted.sku:
        product = find_stocked(tx.db, wanted.sku)
        return msgspec.structs.replace(wanted, sku=product.sku, quantity=wanted.quantity * product.units)
    return wanted


TILLS = Entity(
    OtherTill,
    table="pos_till",
    set_by=SetOtherTill,
    was_set=OtherTillSet,
    end_by=EndOtherTill,
    was_ended=OtherTillEnded,
    right=MANAGE,
    limit=CountLimit(TILLS_MOST, "too_many_kinds"),
    unknown=Unknown("other_till_unknown", "till"),
    checks=(known_places,),
)
ITEMS = Entity(
    PosItem,
    table="pos_item",
    set_by=SetPosItem,
    was_set=PosItemSet,
    end_by=EndPosItem,
    was_ended=PosItemEnded,
    right=MANAGE,
    key=("pos", "item"),
    limit=CountLimit(ITEMS_MOST, "too_many_kinds"),
    unknown=Unknown("pos_item_unknown", "item"),
    checks=(known_product,),
)
