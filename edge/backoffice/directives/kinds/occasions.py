"""`occasions`: {"occasions": [{"occasion": {"id": "fair", "name": "Town fair", "first": "2026-12-04", "last":
"2026-12-06", "effect_percent": 30}}, {"ended": "old"}]}: local events, as known to head office."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.commands import EndOccasion, SetOccasion
from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction


class NewOccasion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of: an occasion, or the `id` of an occasion that is cancelled."""

    occasion: SetOccasion | None = None
    ended: str = ""


class Occasions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an `occasions` directive."""

    occasions: tuple[NewOccasion, ...]


def _apply(tx: Transaction, _number: int, occasions: tuple[NewOccasion, ...]) -> Applied:
    changed, unknown = 0, []
    for new in occasions:
        if attempt(tx, new.occasion or EndOccasion(new.ended)):
            changed += 1
        else:
            unknown.append(new.occasion.id if new.occasion else new.ended)
    return Applied(changed, tuple(unknown))


OCCASIONS = Kind("occasions", Occasions, _apply)
