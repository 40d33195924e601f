"""Master data as tables: out of the shop, and into it. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec
from edge.core.surfaces import INSIDE
from edge.foundation.access.rights import MANAGE
from edge.foundation.master_data.commands import SetRows
from edge.foundation.master_data.entities import found_entities
from edge.foundation.master_data.handlers import set_rows


def capability() -> Capability:
    """The tables of all master data that the folders declare."""
    by_table = {one.table: one for one in found_entities()}
    return Capability(
        name="master_data",
        commands=(CommandSpec(SetRows, partial(set_rows, by_table), right=MANAGE, ask_first=True, surfaces=INSIDE),),
    )
