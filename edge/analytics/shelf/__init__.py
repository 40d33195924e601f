"""Shelf monitoring by cameras. See README.md."""

from __future__ import annotations

from edge.analytics.shelf import commands, events
from edge.analytics.shelf.figures import FIGURES
from edge.analytics.shelf.handlers import ShelfHandlers
from edge.analytics.shelf.project import projector
from edge.analytics.shelf.queries import (
    read_bottle_types,
    read_cameras,
    read_compliance,
    read_findings,
    read_look,
    read_planogram,
    read_planograms,
)
from edge.analytics.shelf.reconcile import GapCost, Losses, Phantom, gap_cost, phantoms, silent_stock
from edge.analytics.shelf.settings import ShelfSettings
from edge.analytics.shelf.settings import settings_of as settings_of
from edge.analytics.shelf.watches import watches
from edge.core.messages import Number
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.storage.database import Connection
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, SELL, STOCK

__all__ = ["ShelfSettings", "capability"]


def capability(settings: ShelfSettings) -> Capability:
    """The shelf capability of a store with these settings."""
    does = ShelfHandlers(settings)
    losses = Losses(settings)

    def phantom_stock(db: Connection, now_us: Number) -> list[Phantom]:
        """Products whose recorded stock probably doesn't exist."""
        return [*phantoms(db, now_us, settings), *silent_stock(db, now_us, settings)]

    def gap_costs(db: Connection, now_us: Number) -> list[GapCost]:
        """The cost of the newest gaps."""
        found = [one for one in read_findings(db, open=False) if one.kind == "gap"]
        return [gap_cost(db, one, now_us, settings) for one in found]

    def gap_losses(db: Connection) -> list[GapCost]:
        """The cost of open gaps, calculated within the last hour; largest daily loss first."""
        return losses.known_costs()

    return Capability(
        name="shelf",
        commands=(
            CommandSpec(commands.SetPlanogram, does.set_planogram, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.EndPlanogram, does.end_planogram, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(commands.RenewReference, does.renew_reference, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.RecordLook, does.record_look, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.RecordCamera, does.record_camera, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.AnswerFinding, does.answer, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.UndoAnswer, does.undo_answer, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.SetBottleType, does.set_bottle_type, right=MANAGE, also=STOCK, surfaces=STAFF),
        ),
        events=events.EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("planograms", read_planograms, right=SELL, surfaces=STAFF),
            QuerySpec("planogram", read_planogram, right=SELL, surfaces=STAFF),
            QuerySpec("shelf_look", read_look, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("shelf_findings", read_findings, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("shelf_cameras", read_cameras, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("shelf_compliance", read_compliance, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("phantom_stock", phantom_stock, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("gap_costs", gap_costs, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("gap_losses", gap_losses, right=MANAGE, also=STOCK, surfaces=STAFF),
            QuerySpec("bottle_types", read_bottle_types, right=MANAGE, also=STOCK, surfaces=STAFF),
        ),
        watches=watches(settings, losses),
        mended_at="/manager/shelf",
        figures=FIGURES,
    )
