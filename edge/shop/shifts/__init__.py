"""Shifts: who answers for a drawer, from when to when. See README.md."""

from collections.abc import Callable
from typing import Any

from edge.core.messages import Command, Refused
from edge.core.registry import Capability, CommandSpec, Handler, QuerySpec, Transaction
from edge.core.storage.database import Connection
from edge.shop.access.queries import must_sign_in
from edge.shop.access.rights import DRAWER, MANAGE, OVERRIDE, REPORTS, SELL
from edge.shop.shifts import commands, events
from edge.shop.shifts.handlers import DrawerNow, ShiftHandlers
from edge.shop.shifts.project import projector
from edge.shop.shifts.queries import read_shifts
from edge.shop.shifts.settings import ShiftSettings, live
from edge.shop.shifts.till_guard import on_reports, require_open_shift
from edge.shop.shifts.watches import WATCHES

__all__ = ["ShiftSettings", "capability", "on_reports", "require_open_shift"]


def capability(settings: ShiftSettings) -> Capability:
    """The shifts of a store with these settings, or with what was said of them since."""
    following = live(settings)

    def at(handle: Callable[[ShiftHandlers, Transaction, Any], Any]) -> Handler:
        def handler(tx: Transaction, command: Command) -> Any:
            now = following.at(tx.db)
            if now.sign_in and must_sign_in(tx.db, tx.actor):
                return Refused("sign_in_first")
            return handle(ShiftHandlers(now), tx, command)

        return handler

    def drawer(db: Connection, register: str) -> DrawerNow:
        """A register's drawer since its shift began."""
        return ShiftHandlers(following.at(db)).drawer(db, register)

    return Capability(
        name="shifts",
        commands=(
            CommandSpec(commands.OpenShift, at(ShiftHandlers.open_shift), right=SELL, ask_first=True),
            CommandSpec(commands.MoveCash, at(ShiftHandlers.move_cash), right=OVERRIDE, ask_first=True),
            CommandSpec(commands.OpenDrawer, at(ShiftHandlers.open_drawer), right=DRAWER, ask_first=True),
            CommandSpec(commands.CloseShift, at(ShiftHandlers.close_shift), right=SELL, ask_first=True),
            CommandSpec(commands.PrintShift, at(ShiftHandlers.print_shift), right=MANAGE, also=REPORTS),
        ),
        events=events.EVENTS,
        upcasters=events.UPCASTERS,
        projectors=(projector,),
        queries=(
            QuerySpec("drawer", drawer, right=SELL),
            QuerySpec("shifts", read_shifts, right=MANAGE, also=REPORTS),
        ),
        watches=WATCHES,
    )
