"""Lines sold below the average purchase cost, inside the transaction.

They're marked and never refused. If a person caused it, they must confirm.
"""

from __future__ import annotations

from operator import attrgetter

import msgspec

from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket, BasketLine
from edge.counter.basket.taxed_total import Taxation, worth
from edge.counter.till.settings import TillSettings
from edge.goods.stock.queries import average_cost_micro
from edge.lib.i18n import name_values

_ID = attrgetter("id")
MICRO = 1_000_000
THOUSANDTHS = 1_000


def note_costs(tx: Transaction, before: Basket, after: Basket, settings: TillSettings) -> Basket:
    """Mark the changed lines that are below cost."""
    old, lines, differs = dict(zip(map(_ID, before.lines), before.lines, strict=True)), [], False
    for line in after.lines:
        if old.get(line.id) != line:
            below = line.kind == "goods" and not line.voided and _is_below(tx, line, settings)
            if below != line.below_cost:
                line, differs = msgspec.structs.replace(line, below_cost=below), True
        lines.append(line)
    return msgspec.structs.replace(after, lines=tuple(lines)) if differs else after


def require_cost_yes(tx: Transaction, before: Basket, after: Basket) -> None:
    """Ask for confirmation of the first line that is newly below cost."""
    old = {line.id: line.below_cost for line in before.lines}
    line = next((line for line in after.lines if line.below_cost and not old.get(line.id)), None)
    if line:
        tx.ask("confirm_below_cost", name_values(line.names), [line.id, line.amount_minor])


def _is_below(tx: Transaction, line: BasketLine, settings: TillSettings) -> bool:
    cost_micro = average_cost_micro(tx.db, line.sku)
    if cost_micro is None or settings.tax.find(line.tax_class) is None:
        return False
    net_minor = worth((msgspec.structs.replace(line, deposit_minor=0),), Taxation(settings.tax)).net_minor
    return net_minor * MICRO * THOUSANDTHS < cost_micro * line.goods
