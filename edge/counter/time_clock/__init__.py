"""Who works when. See README.md."""

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
