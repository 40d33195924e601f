"""Working hours and shared tips.

Who works when. At a till anybody stamps by their PIN, which approves that one command and signs nobody in: in,
break, back, out. A span is from in to out with its breaks, and belongs to the day of business on which it began.
Who is in for more than 16 hours forgot to go: they begin anew, and a manager says when they went. Who began by a
clock that was wrong does not go before they came: a manager enters their hours. A manager corrects a day as a
whole, with a reason, which is sealed as all that staff type; what was stamped stays in the journal.

The page of hours shows a week: minutes by person and day, what a day lacks of the rest that law asks
(`edge/lib/regions/breaks.toml`, by the store's country; what lies between two spans is rest, too), and what each
has of the tips that are everybody's: day by day, by minutes, to the cent. Tips of somebody's own stay theirs. The
same as a file for spreadsheets.

Invariants. One span of a person runs at a time. A corrected day holds what the correction says, and nobody
corrects one that still runs, or what has not been. Shares of a day come to all of its tips. Selling knows nothing
of it.
"""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.counter.reports.queries import BEHIND
from edge.counter.time_clock import queries
from edge.counter.time_clock.commands import CorrectWork, StampClock
from edge.counter.time_clock.events import EVENTS
from edge.counter.time_clock.handlers import HourCorrections, stamp
from edge.counter.time_clock.project import projector
from edge.foundation.access.rights import MANAGE, SELL, USERS

_read = partial(QuerySpec, right=MANAGE, also=USERS, surfaces=STAFF)


def capability(zone: str) -> Capability:
    """The time clock of a store with the clock of this zone."""
    return Capability(
        name="time_clock",
        commands=(
            CommandSpec(StampClock, stamp, right=SELL, surfaces=TILL),
            CommandSpec(CorrectWork, HourCorrections(zone).correct, right=MANAGE, also=USERS, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(_read("work_days", queries.work_days), _read("shared_tips", queries.shared_tips, rests_on=BEHIND)),
    )
