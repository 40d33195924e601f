"""Each register's totals since its last Z report."""

from __future__ import annotations

import msgspec

from edge.core.journal.running_sum import RunningSum
from edge.core.messages import RecordedEvent
from edge.counter.till.events import (
    BasketAbandoned,
    ReceiptReprinted,
    ReportPrinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
    TrainingEnded,
)
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Copied, Day, Paper, Period
from edge.foundation.printing.events import PrintCopied


def _paper(period: Period, fact: RecordedEvent, event: Paper) -> Period:
    return _with_day(period, fact, day_totals.with_paper(period.day, event))


def _apply_correction(period: Period, fact: RecordedEvent, event: TenderCorrected) -> Period:
    return _with_day(period, fact, day_totals.with_correction(period.day, event))


def _apply_abandonment(period: Period, fact: RecordedEvent, event: BasketAbandoned) -> Period:
    return _with_day(period, fact, day_totals.with_cleared(period.day, event))


def _apply_copy(period: Period, fact: RecordedEvent, event: Copied) -> Period:
    return _with_day(period, fact, day_totals.with_copy(period.day))


def _apply_training(period: Period, fact: RecordedEvent, event: TrainingEnded) -> Period:
    return _with_day(period, fact, day_totals.with_training(period.day, event))


def _with_day(period: Period, fact: RecordedEvent, day: Day) -> Period:
    return msgspec.structs.replace(period, since_us=period.since_us or fact.at_us, day=day)


def _apply_report(period: Period, fact: RecordedEvent, event: ReportPrinted) -> Period:
    return period if event.kind == "x" else period.next_period(event.number, fact.at_us, fact.seq)


PERIODS = RunningSum(
    "periods",
    10 * day_totals.DAY_VERSION + 1,  # the last digit is bumped for changes to this module alone
    "register_period",
    Period(),
    {
        SaleCompleted: _paper,
        SaleVoided: _paper,
        SaleRefunded: _paper,
        BasketAbandoned: _apply_abandonment,
        ReceiptReprinted: _apply_copy,
        PrintCopied: _apply_copy,
        ReportReprinted: _apply_copy,
        ReportPrinted: _apply_report,
        TenderCorrected: _apply_correction,
        TrainingEnded: _apply_training,
    },
)
