"""What is to be made, on screens of stations. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF
from edge.counter.kitchen_screens import commands, handlers, queries
from edge.counter.kitchen_screens.entities import STATIONS
from edge.counter.kitchen_screens.events import EVENTS
from edge.counter.kitchen_screens.project import projector
from edge.counter.kitchen_screens.queries import categories_of_stations as categories_of_stations
from edge.counter.kitchen_screens.queries import screen_routes as screen_routes
from edge.foundation.access.rights import ORDERS, SELL

_at_screen = partial(CommandSpec, right=SELL, also=ORDERS, surfaces=STAFF)

capability = Capability(
    name="kitchen_screens",
    commands=(
        *STATIONS.commands(),
        _at_screen(commands.BumpTicket, handlers.bump_ticket),
        _at_screen(commands.RecallTicket, handlers.recall_ticket),
        _at_screen(commands.MarkRunOut, handlers.mark_run_out),
        _at_screen(commands.MarkBack, handlers.mark_back),
    ),
    events=EVENTS,
    projectors=(projector,),
    queries=(
        QuerySpec("kitchen_stations", queries.read_stations, right=SELL, also=ORDERS, surfaces=STAFF),
        QuerySpec("kitchen_screen", queries.kitchen_screen, right=SELL, also=ORDERS, surfaces=STAFF),
        QuerySpec("run_out", queries.read_run_out, right=SELL, also=ORDERS, surfaces=STAFF),
    ),
)
