"""Trials: a promotion or price for some weeks, and its result. See README.md."""

from edge.analytics.trials.commands import EndTrial, StartTrial, StopTrial
from edge.analytics.trials.daily_check import parts
from edge.analytics.trials.events import EVENTS
from edge.analytics.trials.handlers import TrialHandlers
from edge.analytics.trials.project import projector
from edge.analytics.trials.queries import read_trials, trial_result
from edge.analytics.trials.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import CATALOG, MANAGE


def capability(zone: str, turn_min: int) -> Capability:
    """The trials capability of a shop in this `zone`, whose business days begin at minute `turn_min` of the day."""
    handlers = TrialHandlers(zone, turn_min)
    return Capability(
        name="trials",
        commands=(
            CommandSpec(StartTrial, handlers.start, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
            CommandSpec(StopTrial, handlers.stop, right=MANAGE, ask_first=True, also=CATALOG, surfaces=STAFF),
            CommandSpec(EndTrial, handlers.end, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("trials", read_trials, right=MANAGE, also=CATALOG, surfaces=STAFF),
            QuerySpec("trial_result", trial_result, right=MANAGE, also=CATALOG, surfaces=STAFF),
        ),
        watches=WATCHES,
        mended_at="/manager/trials",
        parts=parts(turn_min),
    )
