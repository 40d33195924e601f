"""Kitchen and bar tickets on screens.

Screens show the products to make, in addition to the printers of kitchen tickets. A station has the categories it makes
and when it gets them (`sent` or `paid`); it receives the same tickets as a printer, but nothing is printed. A ticket is
one station's part of one order: lines with modifiers, waiting time, changes and cancellations. A bumped ticket is made
and leaves the screen; a recalled one returns. All day is the total quantity of a product over all open tickets. A
sold-out product is blocked on kiosks and tills at once, until it's marked available or the business day ends.

Tickets are a strict projection of `SlipsPrinted`, `TicketBumped` and `TicketRecalled`: a screen that reconnects, or a
second one for the same station, shows the same, and `edge verify` checks it. Head office gets what stations made and
how long it took (`kitchen_made`).

Invariants. Bumping a ticket twice has one effect; bumping one that has changed since is refused. Order numbers repeat
after 99, ticket ids don't. A bumped ticket that grows returns to the screen with only its new lines. An untouched
ticket is removed after two days. Each sale makes one indexed lookup for sold-out products.
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
