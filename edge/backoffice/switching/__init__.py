"""Import of a shop's data from another system. See README.md."""

from __future__ import annotations

from functools import partial

from edge.backoffice.switching.commands import (
    MoveIn,
    PutBackCards,
    PutBackCustomers,
    PutBackStock,
    PutBackUsers,
    TakeBackMove,
    TakeCards,
    TakeCustomers,
    TakeStock,
    TakeUsers,
)
from edge.backoffice.switching.handlers import (
    MOVE_JOB,
    TAKE_BACK_JOB,
    Busy,
    Moving,
    move_in,
    put_back_cards,
    put_back_stock,
    put_back_users,
    take_back_move,
    take_cards,
    take_stock,
    take_users,
)
from edge.backoffice.switching.move_job import move_chunks
from edge.backoffice.switching.settings import SwitchingSettings
from edge.backoffice.switching.settings import switching_settings as switching_settings
from edge.backoffice.switching.take_back_job import undo_chunks
from edge.core.registry import Capability, CommandSpec, JobKind
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, USERS
from edge.goods.catalog.categories.queries import NamedElsewhere
from edge.goods.ingest.import_job import Opening, no_opening


def capability(
    settings: SwitchingSettings,
    named: NamedElsewhere = (),
    opening: Opening = no_opening,
    busy: tuple[Busy, ...] = (),
) -> Capability:
    """The switching capability of a store with these settings. `named`, `opening`: see `ingest.capability`; `busy`: see
    `Moving`."""
    moving = Moving(settings.imports.language, busy)
    staff = partial(CommandSpec, right=MANAGE, surfaces=STAFF, ask_first=True)
    machine = partial(CommandSpec, right=MANAGE, surfaces=MACHINE)
    return Capability(
        name="switching",
        commands=(
            staff(MoveIn, move_in),
            staff(TakeBackMove, take_back_move),
            machine(TakeCustomers, moving.take_customers),
            machine(TakeStock, partial(take_stock, opening)),
            machine(TakeCards, take_cards),
            machine(PutBackCustomers, moving.put_back_customers),
            machine(TakeUsers, take_users, also=USERS),
            machine(PutBackUsers, put_back_users, also=USERS),
            machine(PutBackCards, put_back_cards),
            machine(PutBackStock, put_back_stock),
        ),
        jobs=(
            JobKind(MOVE_JOB, move_chunks(settings, opening)),
            JobKind(TAKE_BACK_JOB, undo_chunks(named)),
        ),
    )
