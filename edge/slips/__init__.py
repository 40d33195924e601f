"""Slips for kitchens, bars and pickers. See README.md."""

from edge.access.rights import MANAGE, SELL
from edge.core.shapes import Capability, CommandSpec, QuerySpec
from edge.slips.commands import PrintSlips
from edge.slips.events import EVENTS, UPCASTERS
from edge.slips.handlers import Slips, SlipSettings, set_back
from edge.slips.queries import read_order, sent_lines


def capability(settings: SlipSettings) -> Capability:
    """The slips of a store with these settings."""
    return Capability(
        name="slips",
        commands=(CommandSpec(PrintSlips, Slips(settings).print_slips, right=MANAGE),),
        events=EVENTS,
        upcasters=UPCASTERS,
        set_back=set_back,
        queries=(
            QuerySpec("order", read_order, right=SELL),
            QuerySpec("sent_lines", sent_lines, right=SELL),
        ),
    )
