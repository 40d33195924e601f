"""Commands of the time clock, inside the transaction."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from edge.core.messages import Refusal
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.counter.time_clock import rules
from edge.counter.time_clock.commands import CorrectWork, ExactSpan, StampClock, TypedSpan
from edge.counter.time_clock.events import ClockStamped, WorkCorrected, WorkSpan
from edge.counter.time_clock.queries import moments_of, running, runs_on
from edge.foundation.access.queries import is_active_user


def stamp(tx: Transaction, command: StampClock) -> None:
    person = tx.actor.name
    if tx.actor.anonymous or not is_active_user(tx.db, person):
        raise Refusal("clock_by_name")
    rules.require(running(tx.db, person), command.step, tx.at_us)
    tx.append(ClockStamped(person, command.step))


class HourCorrections:
    """Handles corrections of hours, in the store's time zone.

    A business day begins `turns_at_min` minutes after midnight. Times typed before that are on the next calendar day.
    """

    def __init__(self, zone: str, turns_at_min: int) -> None:
        self._zone, self._turns = ZoneInfo(zone), (datetime.min + timedelta(minutes=turns_at_min)).time()

    def correct(self, tx: Transaction, command: CorrectWork) -> None:
        day = self._day(command.day)
        if command.day > tx.business_date:
            raise Refusal("work_of_tomorrow")
        if not is_active_user(tx.db, command.person):
            raise Refusal("work_of_nobody", {"person": command.person})
        if runs_on(tx.db, command.person, command.day, tx.at_us):
            raise Refusal("work_runs")
        known = {at_us // rules.MINUTE_US for at_us in moments_of(tx.db, command.person, command.day)}
        typed = [self._span(day, span, known) for span in command.spans]
        spans = rules.fitting([*typed, *(self._exact_span(day, span) for span in command.exact)])
        if spans and spans[-1].ends_us > tx.at_us:
            raise Refusal("work_of_tomorrow")
        reason = Remarks(tx.db).seal(command.reason, tx.business_date)
        tx.append(WorkCorrected(command.person, command.day, spans, reason))

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Refusal("work_no_day", {"day": text}) from None

    def _span(self, day: date, span: TypedSpan, known: set[int]) -> WorkSpan:
        begins, ends = self._at(day, span.begins, known), self._at(day, span.ends, known)
        if ends <= begins:
            ends = self._moment(day, span.ends, fold=1)
        if ends <= begins:
            ends = self._at(day + timedelta(days=1), span.ends, known)
        if ends - begins > rules.FORGOTTEN_US:
            hours = rules.FORGOTTEN_US // (60 * rules.MINUTE_US)
            raise Refusal("work_ends_first", {"begins": span.begins, "ends": span.ends, "hours": hours})
        return WorkSpan(begins, ends, span.break_min * rules.MINUTE_US)

    def _exact_span(self, day: date, span: ExactSpan) -> WorkSpan:
        """A span given by its exact moments, which must begin on that business day."""
        opens, closes = (
            datetime.combine(on, self._turns, tzinfo=self._zone).timestamp() for on in (day, day + timedelta(days=1))
        )
        length_us = span.ends_us - span.begins_us
        if not opens <= span.begins_us / 1_000_000 < closes or not 0 < length_us <= rules.FORGOTTEN_US:
            raise Refusal("work_other_day", {"day": day.isoformat()})
        return WorkSpan(span.begins_us, span.ends_us, span.break_us)

    def _at(self, day: date, clock: str, known: set[int]) -> int:
        """The moment that a typed clock time means.

        In autumn's repeated hour, it's the one already `known` (minutes since 1970), so that correcting a break doesn't
        move hours; otherwise the first.
        """
        first, second = (self._moment(day, clock, fold) for fold in (0, 1))
        minutes = (first // rules.MINUTE_US, second // rules.MINUTE_US)
        return second if minutes[1] in known and minutes[0] not in known else first

    def _moment(self, day: date, clock: str, fold: int) -> int:
        """The moment of a clock time on a business day: its first or second occurrence (`fold`)."""
        at = time.fromisoformat(clock)
        on = day + timedelta(days=1) if at < self._turns else day
        return int(datetime.combine(on, at.replace(fold=fold), tzinfo=self._zone).timestamp()) * 1_000_000
