"""Commands of figures, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.insight.commands import JudgeAnomaly
from edge.shop.insight.events import AnomalyJudged


def judge(tx: Transaction, command: JudgeAnomaly) -> Refused | None:
    try:
        date.fromisoformat(command.day)
    except ValueError:
        return Refused("day_wrong", {"day": command.day})
    tx.append(AnomalyJudged(command.kind, command.key, command.day, command.is_right))
    return None
