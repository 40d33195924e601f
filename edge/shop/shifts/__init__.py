"""Shifts: who answers for a drawer, from when to when. See README.md."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from edge.core.messages import Command
from edge.core.registry import Capability, CommandSpec, Handler, QuerySpec, Transaction
from edge.core.storage.database import Connection
from edge.shop.access.requirements import SIGNED_IN
from edge.shop.access.rights import DRAWER, MANAGE, OVERRIDE, REPORTS, SELL
from edge.shop.shifts import commands, events
from edge.shop.shifts.handlers import DrawerNow, ShiftHandlers
from edge.shop.shifts.project import projector
from edge.shop.shifts.queries import read_shifts
from edge.shop.shifts.settings import ShiftSettings, live
from edge.shop.shifts.settings import settings_of as settings_of
from edge.shop.shifts.till_guard import on_reports, shift_open
from edge.shop.shifts.watches import WATCHES

__all__ = ["ShiftSettings", "capability", "on_reports"]


def capability(settings: ShiftSettings) -> Capability:
    """The shifts of a store with these settings, or with what was said of them since."""
    following = live(settings)

    def at(handle: Callable[[ShiftHandlers, Transaction, Any], Any]) -> Handler:
        @wraps(handle)  # also what it says that it gives back
        def handler(tx: Transaction, command: Command) -> Any:
            return handle(ShiftHandlers(following.at(tx.db)), tx, command)

        return handler

    at_drawer = partial(CommandSpec, ask_first=True, requires=(SIGNED_IN,))

    def drawer(db: Connection, register: str) -> DrawerNow:
        """A register's drawer since its shift began."""
        return ShiftHandlers(following.at(db)).drawer(db, register)

    return Capability(
        name="shifts",
        commands=(
            at_drawer(commands.OpenShift, at(ShiftHandlers.open_shift), right=SELL),
            at_drawer(commands.MoveCash, at(ShiftHandlers.move_cash), right=OVERRIDE),
            at_drawer(commands.OpenDrawer, at(ShiftHandlers.open_drawer), right=DRAWER),
            at_drawer(commands.CloseShift, at(ShiftHandlers.close_shift), right=SELL),
            at_drawer(commands.PrintShift, at(ShiftHandlers.print_shift), right=MANAGE, also=REPORTS, ask_first=False),
        ),
        requirements=(shift_open(following),),
        events=events.EVENTS,
        upcasters=events.UPCASTERS,
        projectors=(projector,),
        queries=(
            QuerySpec("drawer", drawer, right=SELL),
            QuerySpec("shifts", read_shifts, right=MANAGE, also=REPORTS),
        ),
        watches=WATCHES,
    )
