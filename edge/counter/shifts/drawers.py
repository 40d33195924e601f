"""Contents of each register's drawer during a shift and since its last Z report."""

from __future__ import annotations

import msgspec

from edge.core.journal.running_sum import RunningSum
from edge.core.messages import RecordedEvent
from edge.counter.shifts import rules
from edge.counter.shifts.events import CashMoved, DrawerOpened, ShiftClosed, ShiftOpened, ShiftPrinted
from edge.counter.shifts.rules import Drawer
from edge.counter.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Paper


def _open_shift(drawer: Drawer, _: RecordedEvent, event: ShiftOpened) -> Drawer:
    return rules.open_drawer_shift(drawer, event)


def _paper(drawer: Drawer, _: RecordedEvent, event: Paper) -> Drawer:
    return rules.with_paper(drawer, event)


def _correct_tender(drawer: Drawer, _: RecordedEvent, event: TenderCorrected) -> Drawer:
    return msgspec.structs.replace(drawer, day=day_totals.with_correction(drawer.day, event))


def _move_cash(drawer: Drawer, _: RecordedEvent, event: CashMoved) -> Drawer:
    return rules.with_move(drawer, event)


def _drawer_opened(drawer: Drawer, _: RecordedEvent, event: DrawerOpened) -> Drawer:
    return rules.with_opening(drawer, event.shift)


def _reset_since_z(drawer: Drawer, _: RecordedEvent, event: ReportPrinted) -> Drawer:
    if event.kind == "z" and (drawer.opened_since_z or drawer.copies_since_z):
        return msgspec.structs.replace(drawer, opened_since_z=0, copies_since_z=0)
    return drawer


def _close_shift(drawer: Drawer, _: RecordedEvent, event: ShiftClosed) -> Drawer:
    return rules.closed_drawer(drawer)


def _count_copy(drawer: Drawer, _: RecordedEvent, event: ShiftPrinted) -> Drawer:
    return msgspec.structs.replace(drawer, copies_since_z=drawer.copies_since_z + 1)


DRAWERS = RunningSum(
    "drawers",
    10 * day_totals.DAY_VERSION,  # a drawer contains a day; bump the last digit for changes to this module alone
    "drawer",
    Drawer(),
    {
        ShiftOpened: _open_shift,
        CashMoved: _move_cash,
        DrawerOpened: _drawer_opened,
        ShiftClosed: _close_shift,
        ShiftPrinted: _count_copy,
        SaleCompleted: _paper,
        SaleVoided: _paper,
        SaleRefunded: _paper,
        TenderCorrected: _correct_tender,
        ReportPrinted: _reset_since_z,
    },
)
