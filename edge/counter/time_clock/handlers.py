"""Commands of the time clock, inside the transaction."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.core.messages import Refusal
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.counter.time_clock import rules
from edge.counter.time_clock.commands import CorrectWork, StampClock, TypedSpan
from edge.counter.time_clock.events import ClockStamped, WorkCorrected, WorkSpan
from edge.counter.time_clock.queries import running, runs_on
from edge.foundation.access.queries import is_active_user


def stamp(tx: Transaction, command: StampClock) -> None:
    person = tx.actor.name
    if tx.actor.anonymous or not is_active_user(tx.db, person):
        raise Refusal("clock_by_name")
    rules.require(running(tx.db, person), command.step, tx.at_us)
    tx.append(ClockStamped(person, command.step))


class HourCorrections:
    """Handles corrections of hours, in the store's time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def correct(self, tx: Transaction, command: CorrectWork) -> None:
        day = self._day(command.day)
        if command.day > tx.business_date:
            raise Refusal("work_of_tomorrow")
        if not is_active_user(tx.db, command.person):
            raise Refusal("work_of_nobody", {"person": command.person})
        if runs_on(tx.db, command.person, command.day, tx.at_us):
            raise Refusal("work_runs")
        spans = rules.fitting(self._span(day, span) for span in command.spans)
        if spans and spans[-1].ends_us > tx.at_us:
            raise Refusal("work_of_tomorrow")
        reason = Remarks(tx.db).seal(command.reason, tx.business_date)
        tx.append(WorkCorrected(command.person, command.day, spans, reason))

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refusal("work_no_day", {"day": text}) from None

    def _span(self, day: date, span: TypedSpan) -> WorkSpan:
        begins, ends = self._at(day, span.begins), self._at(day, span.ends)
        if ends <= begins:
            ends = self._at(day + timedelta(days=1), span.ends)
        if ends - begins > rules.FORGOTTEN_US:
            hours = rules.FORGOTTEN_US // (60 * rules.MINUTE_US)
            raise Refusal("work_ends_first", {"begins": span.begins, "ends": span.ends, "hours": hours})
        return WorkSpan(begins, ends, span.break_min * rules.MINUTE_US)

    def _at(self, day: date, clock: str) -> int:
        moment = datetime.combine(day, time.fromisoformat(clock), tzinfo=self._zone)
        return int(moment.timestamp()) * 1_000_000
