"""Chooses suppliers with the lowest total cost. Fees and minimums make this a global problem, solved by HiGHS in a
separate process: `python -m edge.goods.purchasing.suggesting.supplier_choice`.

It's used only if it can make a difference, and its result is accepted only if cheaper and complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import structlog

from edge.core.process import child
from edge.goods.purchasing.rules import Suggestions, packs_for
from edge.goods.purchasing.suggesting.needs import WantedGoods
from edge.goods.purchasing.suggesting.order_suggestions import Chosen, fitting

_log = structlog.get_logger(__name__)
MEMORY_BYTES = 2 * 1024**3
CPU_S = 10
WAIT_S = 20
NODES = 2_000
"""Maximum nodes of the search. A number rather than a time limit makes the result reproducible."""
CHOICES_LIMIT = 2_000
"""Maximum choices per calculation; with more, each product is bought from its cheapest supplier."""


class Choice(msgspec.Struct, frozen=True, array_like=True):
    """Cost of a need at a supplier; `group`: its order; `lost_minor`: expected lost profit until delivery."""

    need: int
    group: int
    cost_minor: int
    lost_minor: int = 0


class OrderGroup(msgspec.Struct, frozen=True, array_like=True):
    """A possible order from a supplier for a location."""

    supplier: str
    location: str
    fee_minor: int
    minimum_minor: int


class SupplierQuestion(msgspec.Struct, frozen=True):
    """The problem of choosing a supplier option for each need."""

    needs: list[tuple[str, str]]
    groups: list[OrderGroup]
    choices: list[Choice]


def best_suggestions(wanted: WantedGoods, budget_minor: int | None = None) -> Suggestions:
    """The best suggestions; without a budget, also the savings compared with usual suppliers. May take seconds."""
    best = wanted.suggest(budget_minor)
    question = question_of(wanted)
    if question and (chosen := choose_suppliers(question)):
        together = wanted.suggest(budget_minor, chosen)
        best = min(best, together, key=lambda one: _rank(wanted, one, budget_minor is not None))
    if budget_minor is not None:
        return best
    usual = wanted.suggest(chosen=wanted.usual)
    same = {(one.sku, one.location) for one in usual.unmet} == {(one.sku, one.location) for one in best.unmet}
    saved = usual.total_minor - best.total_minor if same else 0
    return msgspec.structs.replace(best, saved_minor=max(0, saved))


def _rank(wanted: WantedGoods, found: Suggestions, bounded: bool) -> tuple[int, int, int]:
    """Ranking key, lower is better: unfilled needs, shortage within a budget, cost and lost profit."""
    bought = {(line.sku, order.location): line.quantity for order in found.orders for line in order.lines}
    lacks = (max(0, one.missing - bought.get((one.sku, one.location), 0)) for one in wanted.needs)
    return len(found.unmet), sum(lacks) if bounded else 0, found.total_minor + wanted.lost_minor(found)


def question_of(wanted: WantedGoods) -> SupplierQuestion | None:
    """The problem to solve if several suppliers compete and one has a fee or minimum; otherwise None."""
    groups: dict[tuple[str, str], int] = {}
    question = SupplierQuestion([], [], [])
    several = costly = False
    waiting = wanted.waiting
    for need in wanted.needs:
        offers = fitting(need, wanted.offers.get(need.sku, ()))
        if not offers or not need.missing:
            continue
        at = len(question.needs)
        question.needs.append((need.sku, need.location))
        several = several or len(offers) > 1
        for offer in offers:
            key = (offer.supplier, need.location)
            if key not in groups:
                groups[key] = len(groups)
                fee = 0 if key in waiting else offer.fee_minor
                least = max(0, wanted.minimums.get(offer.supplier, 0) - waiting.get(key, 0))
                question.groups.append(OrderGroup(*key, fee, least))
                costly = costly or bool(fee or least)
            most = need.most_packs(offer)
            cost = offer.cost(min(packs_for(need.missing, offer, most), most))
            question.choices.append(Choice(at, groups[key], cost, need.lost_minor(offer)))
    return question if several and costly and len(question.choices) <= CHOICES_LIMIT else None


def choose_suppliers(question: SupplierQuestion) -> Chosen | None:
    """The solver's supplier for each need; None if the solver failed."""
    try:
        answered = child.ask("edge.goods.purchasing.suggesting.supplier_choice", msgspec.json.encode(question), WAIT_S)
        picked = msgspec.json.decode(answered, type=list[int])
    except (OSError, child.ChildFailed, msgspec.DecodeError) as error:
        _log.warning("the choice of suppliers couldn't be computed", why=str(error)[:200])
        return None
    return suppliers_of(question, picked)


def suppliers_of(question: SupplierQuestion, picked: Iterable[int]) -> Chosen:
    """Convert the solver's choices to a supplier per need."""
    found = (question.choices[at] for at in picked)
    return {question.needs[one.need]: question.groups[one.group].supplier for one in found}


def solve_question(question: SupplierQuestion) -> list[int]:
    """Indices of the cheapest choices. Requires `highspy`."""
    import highspy

    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("mip_max_nodes", NODES)):
        model.setOptionValue(name, value)
    takes = [model.addBinary(obj=float(one.cost_minor + one.lost_minor)) for one in question.choices]
    orders = [model.addBinary(obj=float(one.fee_minor)) for one in question.groups]
    extra = [model.addVariable(lb=0.0, obj=1.0) for _ in question.groups]
    of_need: list[list[int]] = [[] for _ in question.needs]
    of_group: list[list[int]] = [[] for _ in question.groups]
    for at, one in enumerate(question.choices):
        of_need[one.need].append(at)
        of_group[one.group].append(at)
        model.addConstr(takes[at] <= orders[one.group])
    for places in of_need:
        model.addConstr(sum(takes[at] for at in places) == 1)
    for group, places in enumerate(of_group):
        goods = sum(takes[at] * float(question.choices[at].cost_minor) for at in places)
        model.addConstr(goods + extra[group] >= orders[group] * float(question.groups[group].minimum_minor))
    model.run()
    values = list(model.getSolution().col_value)
    return [at for at in range(len(takes)) if values[takes[at].index] > 0.5]


def main() -> int:
    """Handle one request."""
    return child.answer(
        lambda asked: msgspec.json.encode(solve_question(msgspec.json.decode(asked, type=SupplierQuestion))),
        MEMORY_BYTES,
        CPU_S,
    )


if __name__ == "__main__":
    raise SystemExit(main())
