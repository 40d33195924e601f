"""Kitchen and bar tickets on printers.

Prints the parts of an order that a kitchen, bar or picker needs on their own printers. A route (`[[slip]]` in
config.toml) names a printer, its categories (a product matches if its category or one above it is named), and when to
print: once the order is `paid`, or already when it's `sent` from the open basket, for bars and restaurants.

The till runs `PrintSlips` inside its own commands with the current basket: `SendToKitchen`, `Pay`, `AbandonBasket`,
`VoidLastSale`. The basket is compared with what each printer already has (`slip_told`, local state like the basket),
and only changes are printed: new lines, changed quantities (with the previous one), cancelled lines. Nothing is sent
twice, and unsent lines are printed on payment.

Each ticket is an ordinary print job with the printer as its `target`: its states are reliable, an unconfirmed print is
asked about at the register it came from, and another printer can take over. A printer that's off blocks nothing: its
tickets wait, and the cashier's page shows how many. The cause of each is a `SlipsPrinted` event.

An order has a short number to call out (1 to 99, per register; after a restore it continues with those used longest
ago) and a note, such as a table. A preorder (orders) is called by the customer's order code; its printers are notified
once it's accepted and of later changes, and not again when it's paid.

A printer with `buzzer = true` sounds as a ticket is printed (`tests/flow/counter/test_slips.py`).

Kitchen screens are routes like printers, except that nothing is printed.

To route to one more printer, add a `[[device]]` (with `register = ""` if it only prints tickets) and a `[[slip]]`.
"""

from edge.core.registry import Capability, CommandSpec, QuerySpec, Transaction
from edge.core.surfaces import MACHINE, TILL
from edge.counter.kitchen.commands import KeepSlipOrder, MoveSlipLines, PrintSlips
from edge.counter.kitchen.events import EVENTS
from edge.counter.kitchen.handlers import Screens, Slips, SlipSettings, after_restore, move_lines, move_order
from edge.counter.kitchen.queries import read_order, sent_lines
from edge.foundation.access.rights import MANAGE, SELL
from edge.foundation.settings.queries import LiveSettings


def capability(settings: SlipSettings, screens: Screens) -> Capability:
    """Kitchen tickets capability with these settings, in the language of the store's papers; `screens`: the routes of
    kitchen screens."""
    live = LiveSettings(settings, "store.language")

    def print_slips(tx: Transaction, command: PrintSlips) -> int:
        return Slips(live.of(tx), screens).print_slips(tx, command)

    return Capability(
        name="slips",
        commands=(
            CommandSpec(PrintSlips, print_slips, right=MANAGE, surfaces=MACHINE),
            CommandSpec(KeepSlipOrder, move_order, right=MANAGE, surfaces=MACHINE),
            CommandSpec(MoveSlipLines, move_lines, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        on_restore=after_restore,
        queries=(
            QuerySpec("order", read_order, right=SELL, surfaces=TILL),
            QuerySpec("sent_lines", sent_lines, right=SELL, surfaces=TILL),
        ),
    )
