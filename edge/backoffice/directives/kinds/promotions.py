"""`promotions`: {"promotions": [{"set": {"id": "milk-3", "names": {...}, "deal": {...}}}, {"end": "spring"}]}."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.messages import Command
from edge.core.registry import Transaction
from edge.goods.promotions.commands import EndPromotion, SetPromotion
from edge.goods.promotions.promotion import Promotion, PromotionId


class PromotionItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of: a promotion to set, or the id of a promotion to end."""

    set: Promotion | None = None
    end: PromotionId | None = None


class Promotions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `promotions` directive."""

    promotions: tuple[PromotionItem, ...]


def _apply(tx: Transaction, _number: int, wanted: tuple[PromotionItem, ...]) -> Applied:
    changed, unknown = 0, []
    for one in wanted:
        id, command = _command(one)
        done = attempt(tx, command) if command is not None else None
        if done:
            changed += bool(done.events)
        else:  # refused (already over, too many, or unknown), or an item that changes nothing
            unknown.append(id)
    return Applied(changed, tuple(unknown))


def _command(one: PromotionItem) -> tuple[str, Command | None]:
    if one.set is not None:
        return one.set.id, SetPromotion(one.set)
    return (one.end, EndPromotion(one.end)) if one.end is not None else ("", None)


PROMOTIONS = Kind("promotions", Promotions, _apply)
