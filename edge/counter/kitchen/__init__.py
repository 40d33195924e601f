"""Slips for kitchens, bars and pickers. See README.md."""

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
