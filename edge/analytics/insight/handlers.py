"""Handlers of key figures, inside the transaction."""

from __future__ import annotations

from datetime import date

from edge.analytics.insight.commands import JudgeAnomaly, KeepReport
from edge.analytics.insight.events import AnomalyJudged, ReportMade
from edge.core.messages import Refusal
from edge.core.registry import Transaction


def keep_report(tx: Transaction, command: KeepReport) -> bool:
    """Store a report; returns whether it's new, as each report is made once."""
    if tx.db.execute(
        "SELECT 1 FROM report_made WHERE kind = ? AND first_date = ?", (command.kind, command.first)
    ).fetchone():
        return False
    tx.append(ReportMade(command.kind, command.first, command.last, command.body))
    return True


def judge(tx: Transaction, command: JudgeAnomaly) -> None:
    try:
        date.fromisoformat(command.day)
    except ValueError:
        raise Refusal("day_wrong", {"day": command.day}) from None
    tx.append(AnomalyJudged(command.kind, command.key, command.day, command.is_right))
