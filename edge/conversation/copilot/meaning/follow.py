"""Follow-up questions: they change the parts they name and keep the rest. Pure."""

from __future__ import annotations

import msgspec

from edge.conversation.copilot.meaning.model import AHEAD, OF_A_PRODUCT, Meaning
from edge.conversation.copilot.meaning.pieces import SaidPieces
from edge.conversation.copilot.meaning.slots import SaidMeaning, meaning_of
from edge.conversation.copilot.meaning.times import USUAL_WEEK, Week

GOODS = ("product", "category", "brand")


def follow_up(own: SaidMeaning, said: SaidPieces, before: Meaning, today: str, week: Week = USUAL_WEEK) -> Meaning:
    """The previous question with the parts this one names.

    Products replace products, exclusions are added, and "the week before" is relative to its period.
    """
    asked = own.meaning
    measure = asked.measure if said.has_measure else before.measure
    filters = dict(before.filters)
    if any(one in asked.filters for one in GOODS):
        filters = {key: value for key, value in filters.items() if key not in (*GOODS, "not_product")}
    filters |= asked.filters
    period = asked.period if own.has_period and asked.period else before.period
    if (
        any(piece.key("times") in ("before", "week_before") for piece in said.of("times"))
        and before.period
        and not asked.compare
    ):
        period = before.period.before
    if measure in ("sales", "quantity") and own.has_period and own.ahead:
        measure = "forecast"
    elif measure == "forecast" and period and period.last <= today:
        measure = "quantity" if filters.get("product") else "sales"
    elif measure in AHEAD and measure != before.measure:
        period = meaning_of(said, today, week).meaning.period
    changed = period != before.period
    compare = asked.compare or (None if changed and before.compare == period else before.compare)
    by = asked.by if said.has("by") or said.has("fused") else before.by
    if asked.order and not before.by:
        by = asked.by
    return Meaning(
        *(measure, by, filters, period, compare),
        order=asked.order or before.order,
        limit=asked.limit or (0 if asked.order else before.limit),
        show=asked.show if asked.show != "figures" else before.show,
        bounds=asked.bounds or before.bounds,
    )


def follow_up_product(meaning: Meaning, before: Meaning | None) -> Meaning:
    """Add the previous question's products to a question that needs a product and names none ("how many are left?")."""
    if before is None or meaning.measure not in OF_A_PRODUCT or not before.filters.get("product"):
        return meaning
    if any(one in meaning.filters for one in GOODS):
        return meaning
    return msgspec.structs.replace(meaning, filters={**meaning.filters, "product": before.filters["product"]})
