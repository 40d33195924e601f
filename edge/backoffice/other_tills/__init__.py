"""Third-party tills, whose sales move our stock. See README.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from edge.backoffice.other_tills import handlers
from edge.backoffice.other_tills.checks import pos_stock_check
from edge.backoffice.other_tills.commands import (
    DropHook,
    HearPosNews,
    NoteHook,
    NotePosAsked,
    NotePosDay,
    RetryHook,
    SettlePosSales,
    TakePosSale,
)
from edge.backoffice.other_tills.entities import ITEMS, TILLS
from edge.backoffice.other_tills.events import EVENTS, UPCASTERS
from edge.backoffice.other_tills.figures import FIGURES
from edge.backoffice.other_tills.gauges import GAUGES
from edge.backoffice.other_tills.project import projector
from edge.backoffice.other_tills.queries import (
    read_dead_hooks,
    read_held_lines,
    read_other_tills,
    read_pos_days,
    read_pos_items,
    read_pos_sales,
    read_till_states,
)
from edge.backoffice.other_tills.settings import TillBounds
from edge.backoffice.other_tills.settings import live_bounds as live_bounds
from edge.backoffice.other_tills.watches import WATCHES
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.settings.queries import LiveSettings


def capability(currency: str, bounds: LiveSettings[TillBounds], day_of: Callable[[int], str]) -> Capability:
    """The other tills capability. `day_of` returns the business day of a time."""
    made = handlers.OtherTills(currency, bounds, day_of)
    machine = partial(CommandSpec, right=MANAGE, surfaces=MACHINE)
    staff = partial(CommandSpec, right=MANAGE, surfaces=STAFF)
    query = partial(QuerySpec, right=MANAGE, surfaces=STAFF)
    return Capability(
        name="other_tills",
        commands=(
            *TILLS.commands(),
            *ITEMS.commands(),
            machine(TakePosSale, made.take),
            machine(SettlePosSales, made.settle_some),
            machine(NotePosAsked, made.note_asked),
            machine(HearPosNews, handlers.hear_news),
            machine(NoteHook, made.note_hook),
            machine(NotePosDay, made.note_day),
            staff(DropHook, handlers.drop_hook),
            staff(RetryHook, handlers.retry_hook),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(projector,),
        figures=FIGURES,
        queries=(
            query("other_tills", read_other_tills),
            query("other_till_states", read_till_states),
            query("pos_items", read_pos_items),
            query("pos_sales", read_pos_sales),
            query("pos_held_lines", read_held_lines),
            query("pos_days", read_pos_days),
            query("pos_stock_check", pos_stock_check),
            query("pos_dead_hooks", read_dead_hooks),
        ),
        watches=WATCHES,
        mended_at="/manager/other-tills",
        gauges=GAUGES,
    )
