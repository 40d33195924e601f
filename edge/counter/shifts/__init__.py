"""Shifts: who is accountable for a drawer, and when. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, MethodHandler, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import NAMED_TILL, STAFF, TILL
from edge.counter.shifts import commands, events
from edge.counter.shifts.drawers import DRAWERS
from edge.counter.shifts.figures import FIGURES
from edge.counter.shifts.handlers import DrawerNow, ShiftHandlers
from edge.counter.shifts.project import projector
from edge.counter.shifts.queries import read_shifts
from edge.counter.shifts.settings import ShiftSettings, live
from edge.counter.shifts.settings import settings_of as settings_of
from edge.counter.shifts.till_guard import on_reports, shift_open
from edge.counter.shifts.watches import WATCHES
from edge.foundation.access.requirements import SHIFT_OPEN, SIGNED_IN
from edge.foundation.access.rights import DRAWER, MANAGE, OVERRIDE, REPORTS, SELL

__all__ = ["ShiftSettings", "capability", "on_reports"]


def capability(settings: ShiftSettings) -> Capability:
    """Shifts capability with these settings, or their live values."""
    following = live(settings)
    at = partial(MethodHandler, following.of, ShiftHandlers)
    at_drawer = partial(CommandSpec, ask_first=True, requires=(SIGNED_IN,))

    def drawer(db: Connection, register: str) -> DrawerNow:
        """A register's drawer since its shift began."""
        return ShiftHandlers(following.at(db)).drawer(db, register)

    return Capability(
        name="shifts",
        commands=(
            at_drawer(commands.OpenShift, at(ShiftHandlers.open_shift), right=SELL, surfaces=TILL),
            at_drawer(commands.MoveCash, at(ShiftHandlers.move_cash), right=OVERRIDE, surfaces=TILL),
            at_drawer(
                commands.GiveRefundInCash,
                at(ShiftHandlers.give_refund),
                right=OVERRIDE,
                requires=(SHIFT_OPEN, SIGNED_IN),
                surfaces=NAMED_TILL,
            ),
            at_drawer(commands.OpenDrawer, at(ShiftHandlers.open_drawer), right=DRAWER, surfaces=TILL),
            at_drawer(commands.CloseShift, at(ShiftHandlers.close_shift), right=SELL, surfaces=TILL),
            at_drawer(
                commands.PrintShift,
                at(ShiftHandlers.print_shift),
                right=MANAGE,
                also=REPORTS,
                ask_first=False,
                surfaces=NAMED_TILL,
            ),
        ),
        requirements=(shift_open(following),),
        events=events.EVENTS,
        projectors=(projector, DRAWERS.projector),
        queries=(
            QuerySpec("drawer", drawer, right=SELL, surfaces=TILL),
            QuerySpec("shifts", read_shifts, right=MANAGE, also=REPORTS, surfaces=STAFF),
        ),
        watches=WATCHES,
        mended_at="/manager/shifts",
        figures=FIGURES,
    )
