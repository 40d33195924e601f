"""Background parts of key figures."""

from __future__ import annotations

from edge.analytics.insight.reports_part import PeriodReports
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec


def _reports(context: PartContext) -> PeriodReports:
    return PeriodReports(context.shop, context.ledger, context.zone, context.business_date)


PARTS = (PartSpec("reports", _reports),)
