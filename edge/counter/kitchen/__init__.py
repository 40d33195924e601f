"""Kitchen and bar tickets on printers.

What a kitchen, a bar or a picker must know of an order, on their own printers. A route (`[[slip]]` in
config.toml) names a printer, the categories it is told of (a product counts where one of its categories, from the
topmost down, is named), and when: once it is `paid`, or already when it is `sent` from the open basket, for a bar
and a restaurant.

The till calls `PrintSlips` inside its own commands with the basket as it is: `SendToKitchen`, `Pay`,
`AbandonBasket`, `VoidLastSale`. What a printer was told before (`slip_told`, local state as the basket is) is
compared with that: only news is printed: a new line, another quantity (and instead of which), a cancelled line.
So nothing is sent twice, and what was never sent goes out when it is paid.

Each slip is an ordinary print job of paper with the printer as its `target`: its states are true, of one in doubt
the register it came from is asked, and another printer may stand in. A printer that is off holds up nothing: its
slips wait, and the cashier's page says how many. The cause of each is `SlipsPrinted` in the journal.

An order has a small number (1 to 99, per register; after a restore it goes on with those called longest ago) to
be called by, and a note, such as a table. One that was ordered ahead (orders) is called as its customer knows it;
its printers are told once it is accepted, of what changes then, and nothing again when it is paid.

A printer with `buzzer = true` sounds as a slip comes out (`tests/flow/counter/test_slips.py`).

Screens of stations (kitchen screens) are routes as printers are, only that nothing is printed.

To route to one more printer: a `[[device]]` (with `register = ""` if it prints slips alone) and a `[[slip]]`.
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
    """The slips of a store with these settings, in the language that its papers have; `screens`: who is told without
    paper."""
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
