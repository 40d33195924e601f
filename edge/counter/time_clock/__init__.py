"""Working hours and shared tips.

Staff clock in and out at a till by PIN, which approves that one command without signing in: in, break, back, out. A
span is from in to out with its breaks, and belongs to the business day it began on. A person clocked in for more than
16 hours forgot to clock out: they start a new span, and a manager enters the end. If a span began by a wrong clock, so
that its end would precede it, a manager enters the hours. A manager corrects a whole day with a reason, encrypted like
all typed text; the stamps stay in the journal.

The hours page shows a week: minutes by person and day, missing legal breaks (`edge/lib/regions/breaks.toml`, by the
store's country; time between two spans counts as rest), and each person's share of pooled tips: day by day, by minutes,
to the cent. Personal tips stay personal. The same is available as a CSV file.

Invariants. Each person has one running span at a time. A corrected day has exactly the corrected spans; running or
future spans can't be corrected. A day's shares add up to its tips. Selling doesn't depend on any of this.
"""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.counter.reports.queries import BEHIND
from edge.counter.time_clock import queries
from edge.counter.time_clock.commands import CorrectWork, StampClock
from edge.counter.time_clock.events import EVENTS
from edge.counter.time_clock.figures import figures
from edge.counter.time_clock.handlers import HourCorrections, stamp
from edge.counter.time_clock.project import projector
from edge.foundation.access.rights import MANAGE, SELL, USERS

_read = partial(QuerySpec, right=MANAGE, also=USERS, surfaces=STAFF)


def capability(zone: str, day_turns_at_min: int, country: str) -> Capability:
    """Time clock capability of a store in this time zone and country, whose business day turns so long after
    midnight."""
    corrections = HourCorrections(zone, day_turns_at_min)
    return Capability(
        name="time_clock",
        commands=(
            CommandSpec(StampClock, stamp, right=SELL, surfaces=TILL),
            CommandSpec(CorrectWork, corrections.correct, right=MANAGE, also=USERS, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        figures=figures(country),
        queries=(_read("work_days", queries.work_days), _read("shared_tips", queries.shared_tips, rests_on=BEHIND)),
    )
