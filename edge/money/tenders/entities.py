"""The shop's own tenders, as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE, SETTINGS
from edge.money.tenders.commands import EndTender, SetTender
from edge.money.tenders.events import TenderEnded, TenderSet
from edge.money.tenders.tender import ADVANCE, OWN, TENDERS_MOST, ShopTender, is_foreign


def not_reserved(tx: Transaction, wanted: ShopTender, known: ShopTender | None) -> ShopTender:
    """Raise `Refusal` for the name of a built-in tender."""
    if wanted.id in (*OWN, ADVANCE) or is_foreign(wanted.id):
        raise Refusal("tender_reserved", {"tender": wanted.id})
    return wanted


TENDERS = Entity(
    ShopTender,
    table="shop_tender",
    set_by=SetTender,
    was_set=TenderSet,
    end_by=EndTender,
    was_ended=TenderEnded,
    right=MANAGE,
    also=SETTINGS,
    limit=CountLimit(TENDERS_MOST, "too_many_kinds"),
    unknown=Unknown("tender_unknown", "tender"),
    checks=(not_reserved,),
)
