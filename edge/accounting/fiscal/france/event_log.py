"""The event log required in France: the events in it, with their codes and notes. Pure.

It has changes of money, actions that could hide them, permissions, signed items, and machine faults. Notes contain ids,
numbers and amounts, but no names and no typed text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.accounting.fiscal.events import (
    ApplianceStarted,
    ApplianceStopped,
    FiscalFileMade,
    PeriodClosed,
    RegimeEnded,
    RegimeStarted,
    SigningKeyChanged,
)
from edge.core.journal.rows import EpochStarted
from edge.core.messages import Event, RecordedEvent
from edge.counter.shifts.events import CashMoved, DrawerOpened, ShiftClosed, ShiftOpened
from edge.counter.till.events import (
    BasketAbandoned,
    NumbersSkipped,
    ReportPrinted,
    SaleCompleted,
    TenderCorrected,
    TrainingEnded,
    TrainingStarted,
)
from edge.foundation.access.events import PinsWrong, RoleRetired, RoleSet, UserRetired, UserSet, UserSuspended
from edge.foundation.alerts.events import AlertRaised
from edge.foundation.settings.events import SettingChanged
from edge.goods.catalog.events import PriceChanged

LED_ON = frozenset({"recovered", "takeover", "promoted"})
"""Reasons for a new epoch if another box has taken over the shop."""
CLOCK_SET = "CLOCK_SET"
STORE = "store"
"""The register stated for events without one."""
Told = tuple[str, str]
"""A log code and its note."""
_ALERTS = MappingProxyType(
    {"clock_doubted": "CLOCK_DOUBTED", "proof_failed": "INTEGRITY", "read_only": "READ_ONLY", "disk_full": "READ_ONLY"}
)
_PEOPLE = frozenset({"cashier", "panel", "voice", "chat"})


def _sale(event: SaleCompleted) -> Iterator[Told]:
    struck = [line for line in event.lines if line.voided]
    if struck:
        minor = sum(line.price_minor * line.quantity // 1000 for line in struck)
        yield "LINE_STRUCK", f"{len(struck)} {minor} {event.number}"


def _cleared_basket(event: BasketAbandoned) -> Iterator[Told]:
    if event.lines:
        yield "CLEARED", f"{len(event.lines)} {event.total_minor}"


def _skipped_numbers(event: NumbersSkipped) -> Iterator[Told]:
    if event.series == "receipt":
        yield "SKIPPED", f"{event.first}-{event.last} {event.why}"


def _report(event: ReportPrinted) -> Iterator[Told]:
    yield event.kind.upper(), f"{event.number} {event.total_minor}" if event.kind == "z" else f"{event.total_minor}"


def _epoch(event: EpochStarted) -> Iterator[Told]:
    """Entries for a new epoch: a box continued from head office's data or from the other box of a pair, and is now the
    leader."""
    if event.reason != "opened":
        yield "RESTORED", f"{event.reason} {event.parent_epoch}.{event.parent_seq}"
    if event.reason in LED_ON:
        yield "TAKEOVER", event.reason


def _alert(event: AlertRaised) -> Iterator[Told]:
    if code := _ALERTS.get(event.kind):
        yield code, event.kind


def _appliance_start(event: ApplianceStarted) -> Iterator[Told]:
    now, was = f"{event.software} {event.fiscal_version}", f"{event.was_software} {event.was_fiscal_version}"
    yield "START", now
    if event.was_software and was != now:
        yield "VERSION", f"{was} > {now}"
    if event.was_taxes and event.was_taxes != event.taxes:
        yield "TAXES", f"{event.was_taxes} > {event.taxes}"


def _file(event: FiscalFileMade) -> Iterator[Told]:
    code = "ARCHIVED" if event.kind == "archive" else "EXPORTED"
    yield code, f"{event.regime} {event.kind} {event.since} {event.until} {event.sha256}"


def _regime(event: RegimeStarted) -> Iterator[Told]:
    yield "REGIME", f"{event.regime} since {event.since}"
    if event.key:
        yield "KEY", f"> {event.key}"


_TELL: Mapping[type[Event], Callable[[Any], Iterator[Told]]] = MappingProxyType(
    {
        ApplianceStarted: _appliance_start,
        ApplianceStopped: lambda event: iter([("STOP", "")]),
        EpochStarted: _epoch,
        RegimeStarted: _regime,
        RegimeEnded: lambda event: iter([("REGIME", f"{event.regime} until {event.until} {event.why}")]),
        SigningKeyChanged: lambda event: iter([("KEY", f"{event.was} > {event.key}")]),
        SettingChanged: lambda event: iter([("SETTING", event.name)]),
        UserSet: lambda event: iter([("USER", f"{event.id} {event.role}")]),
        UserSuspended: lambda event: iter([("USER", f"{event.id} suspended")]),
        UserRetired: lambda event: iter([("USER", f"{event.id} retired")]),
        RoleSet: lambda event: iter([("USER", f"role {event.id}")]),
        RoleRetired: lambda event: iter([("USER", f"role {event.id} retired")]),
        PinsWrong: lambda event: iter([("PIN_WRONG", f"{event.tries}")]),
        TrainingStarted: lambda event: iter([("TRAINING_ON", "")]),
        TrainingEnded: lambda event: iter([("TRAINING_OFF", f"{event.papers}")]),
        DrawerOpened: lambda event: iter([("DRAWER", f"{event.shift}")]),
        SaleCompleted: _sale,
        BasketAbandoned: _cleared_basket,
        PriceChanged: lambda event: iter([("PRICE", f"{event.sku} {event.was_minor or 0} > {event.price_minor}")]),
        TenderCorrected: lambda event: iter([("TENDER", f"{event.sale}")]),
        NumbersSkipped: _skipped_numbers,
        ReportPrinted: _report,
        PeriodClosed: lambda event: iter([("CLOSED", f"{event.kind} {event.period} {event.of_register}")]),
        FiscalFileMade: _file,
        CashMoved: lambda event: iter([("CASH", f"{event.kind} {event.amount_minor}")]),
        ShiftOpened: lambda event: iter([("CASH", f"float {event.float_minor}")]),
        ShiftClosed: lambda event: iter([("CASH", f"count {event.counted_minor}")]),
        AlertRaised: _alert,
    }
)
TYPES = tuple(event.__name__ for event in _TELL)
"""The types of events that are logged."""


def log_entries(fact: RecordedEvent) -> list[Told]:
    """An event's log entries, if any. Price changes are logged only if made by people, not by imports."""
    if isinstance(fact.event, PriceChanged) and fact.surface not in _PEOPLE:
        return []
    tell = _TELL.get(type(fact.event))
    return [(code, _plain(note)) for code, note in tell(fact.event)] if tell else []


def register_of(fact: RecordedEvent) -> str:
    """The register whose log contains an event."""
    return getattr(fact.event, "of_register", "") or fact.register or STORE


def _plain(note: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in note)[:200]
