"""Steps of an open basket, recorded for answering complaints later. Pure."""

from __future__ import annotations

import msgspec

from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import BasketStep

STEPS_LIMIT = 600
"""Maximum number of steps recorded for a basket: two for each possible line."""


def with_steps(before: Basket, after: Basket, at_us: int) -> Basket:
    """Return the basket with its change at `at_us` recorded."""
    if len(before.steps) >= STEPS_LIMIT:
        return after
    ms = max(0, at_us - after.opened_us) // 1_000 if after.opened_us else 0
    made = []
    grew = len(after.lines) > len(before.lines)
    for was, now in zip(before.lines, after.lines, strict=False):
        if was.quantity != now.quantity:
            grew = grew or now.quantity > was.quantity
            made.append(BasketStep(ms, "quantity", now.id, now.quantity))
        if now.voided and not was.voided:
            made.append(BasketStep(ms, "void", now.id))
    if before.questions or after.questions:
        asked = [one for one in after.questions if before.question(one.id) is None]
        for one in before.questions:
            if after.question(one.id) is None:
                made.append(BasketStep(ms, "yes" if grew or asked else "no", one.id, kind=one.kind, sku=one.sku))
        made += (BasketStep(ms, "ask", one.id, kind=one.kind, sku=one.sku) for one in asked)
    for line in after.lines[len(before.lines) :]:  # not a comprehension: that costs another call on every scan
        made.append(BasketStep(ms, "line", line.id, line.quantity))
    return msgspec.structs.replace(after, steps=(*before.steps, *made)) if made else after
