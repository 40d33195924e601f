"""Kitchen and bar tickets on screens.

What is to be made, on screens beside the printers of kitchen tickets. A station names the categories that it
makes and when it is told (`sent` or `paid`); the kitchen tells it as it tells a printer, only that nothing is
printed. A ticket is what one station has of one order: its lines, with their modifiers, how long it waits, what
changed and what was cancelled. Bumped, it is made and leaves the screen; recalled, it is back. All day is how
much of a product all open tickets still want. What ran out is struck from kiosks and tills at once, until
somebody says that there is more, or the day of business is over.

A ticket is a strict projection of `SlipsPrinted`, `TicketBumped` and `TicketRecalled`: a screen that was away, or
a second one of the same station, shows the same, and `edge verify` proves it. Head office has what stations made
and how long it took (`kitchen_made`).

Invariants. Two people who bump one ticket have one effect; who bumps what changed since is told to look again. An
order's number comes again after 99, its ticket does not. What is bumped and grows is on the screen again, with
what is new alone. A ticket that nobody touches is gone after two days. Selling asks one row of a table whether
something ran out, and nothing else.
"""

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
