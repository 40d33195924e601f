"""Shifts: who answers for a drawer, from when to when. See README.md."""

from collections.abc import Callable
from typing import Any

from edge.access.queries import must_sign_in
from edge.access.rights import DRAWER, MANAGE, OVERRIDE, REPORTS, SELL
from edge.core.shapes import Capability, Command, CommandSpec, Handler, QuerySpec, Refused, Transaction
from edge.core.storage.database import Connection
from edge.shifts import commands, events
from edge.shifts.around import needing_a_shift, on_reports
from edge.shifts.handlers import DrawerNow, Shifts
from edge.shifts.project import projector
from edge.shifts.queries import read_shifts
from edge.shifts.settings import ShiftSettings, live

__all__ = ["ShiftSettings", "capability", "needing_a_shift", "on_reports"]


def capability(settings: ShiftSettings) -> Capability:
    """The shifts of a store with these settings, or with what was said of them since."""
    following = live(settings)

    def at(handle: Callable[[Shifts, Transaction, Any], Any]) -> Handler:
        def handler(tx: Transaction, command: Command) -> Any:
            now = following.at(tx.db)
            if now.sign_in and must_sign_in(tx.db, tx.actor):
                return Refused("sign_in_first")
            return handle(Shifts(now), tx, command)

        return handler

    def drawer(db: Connection, register: str) -> DrawerNow:
        """A register's drawer since its shift began."""
        return Shifts(following.at(db)).drawer(db, register)

    return Capability(
        name="shifts",
        commands=(
            CommandSpec(commands.OpenShift, at(Shifts.open_shift), right=SELL, ask_first=True),
            CommandSpec(commands.MoveCash, at(Shifts.move_cash), right=OVERRIDE, ask_first=True),
            CommandSpec(commands.OpenDrawer, at(Shifts.open_drawer), right=DRAWER, ask_first=True),
            CommandSpec(commands.CloseShift, at(Shifts.close_shift), right=SELL, ask_first=True),
            CommandSpec(commands.PrintShift, at(Shifts.print_shift), right=MANAGE, also=REPORTS),
        ),
        events=events.EVENTS,
        upcasters=events.UPCASTERS,
        projectors=(projector,),
        queries=(
            QuerySpec("drawer", drawer, right=SELL),
            QuerySpec("shifts", read_shifts, right=MANAGE, also=REPORTS),
        ),
    )
