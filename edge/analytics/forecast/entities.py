"""Occasions as master data."""

from __future__ import annotations

from edge.analytics.forecast import rules
from edge.analytics.forecast.commands import OCCASIONS_LIMIT, EndOccasion, Occasion, SetOccasion
from edge.analytics.forecast.events import OccasionEnded, OccasionSet
from edge.core.entity import Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE


def real_days(tx: Transaction, wanted: Occasion, known: Occasion | None) -> Occasion:
    """Raises `Refusal` if the days are invalid or reversed."""
    if not rules.is_day(wanted.first) or not rules.is_day(wanted.last) or wanted.last < wanted.first:
        raise Refusal("occasion_days", {"first": wanted.first, "last": wanted.last})
    return wanted


def room_for_it(tx: Transaction, wanted: Occasion, known: Occasion | None) -> Occasion:
    """Make room at the limit: remove the occasion that ended longest ago. Raises `Refusal` if none has ended."""
    there = OCCASIONS.read(tx.db)
    if known is None and len(there) >= OCCASIONS_LIMIT:
        over = min(
            (one for one in there if one.last < tx.business_date), key=lambda one: (one.last, one.id), default=None
        )
        if over is None:
            raise Refusal("too_many_occasions", {"limit": OCCASIONS_LIMIT})
        tx.append(OccasionEnded(over.id))
    return wanted


OCCASIONS = Entity(
    Occasion,
    table="occasion",
    set_by=SetOccasion,
    was_set=OccasionSet,
    end_by=EndOccasion,
    was_ended=OccasionEnded,
    right=MANAGE,
    unknown=Unknown("no_such_occasion", "id"),
    checks=(real_days, room_for_it),
)
