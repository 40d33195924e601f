"""Stock on hand by location, lot and expiry date. See README.md."""

from functools import partial

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, JobKind, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.stock import commands, locations, phones, project, queries
from edge.goods.stock.alert_limits import AlertLimits
from edge.goods.stock.checks import stock_check
from edge.goods.stock.counting import bulk_counts, stock_counts
from edge.goods.stock.entities import LEVELS, LOCATIONS
from edge.goods.stock.events import EVENTS
from edge.goods.stock.figures import FIGURES
from edge.goods.stock.lists import history
from edge.goods.stock.lists.listings import (
    count_read_by,
    read_cost_corrections,
    read_counts,
    read_locations,
    read_receipts,
)
from edge.goods.stock.moving import carrying, movements, posting, receipts
from edge.goods.stock.moving.opening import opening_stock as opening_stock
from edge.goods.stock.parts import PARTS
from edge.goods.stock.reserving import reservations
from edge.goods.stock.settings import settings_of as settings_of
from edge.goods.stock.watches import watches

_HOLDS = AlertLimits()


def _of_goods(path: str, name: str) -> tuple[HttpAddress, ...]:
    return (HttpAddress("GET", f"products/{path}", name=name, under="products"),)


def capability(limits: AlertLimits = _HOLDS) -> Capability:
    """The stock capability with these alert limits."""
    count_line, post_count = (
        partial(done, limits=limits) for done in (stock_counts.count_line, stock_counts.post_count)
    )
    reads = partial(QuerySpec, right=MANAGE, surfaces=STAFF)
    decided = partial(CommandSpec, right=MANAGE, ask_first=True, surfaces=STAFF)
    return Capability(
        name="stock",
        commands=(
            CommandSpec(commands.MoveStock, posting.move_stock, right=MANAGE, surfaces=MACHINE),
            decided(commands.RecordMovement, posting.record_movement, also=STOCK),
            CommandSpec(commands.ReviseReceipt, receipts.revise_receipt, right=MANAGE, surfaces=MACHINE),
            decided(commands.TransferStock, carrying.transfer_stock, also=STOCK),
            CommandSpec(commands.SetAside, carrying.set_aside, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.CloseBox, carrying.close_box, right=MANAGE, also=STOCK, surfaces=STAFF),
            *LOCATIONS.commands(),
            *LEVELS.commands(),
            CommandSpec(commands.SetSellingPlace, locations.set_selling_place, right=MANAGE, surfaces=STAFF),
            decided(commands.RecallLot, locations.recall_lot),
            decided(commands.LiftRecall, locations.lift_recall),
            CommandSpec(commands.StartCount, stock_counts.start_count, right=MANAGE, surfaces=STAFF),
            CommandSpec(commands.CountLine, count_line, right=MANAGE, also=STOCK, surfaces=STAFF),
            decided(commands.PostCount, post_count),
            decided(commands.CancelCount, stock_counts.cancel_count),
            CommandSpec(commands.ReserveStock, reservations.reserve_stock, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.ReleaseStock, reservations.release_stock, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.FulfilReservation, reservations.fulfil_reservation, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.ReleaseExpired, reservations.release_expired, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.ExpectStock, reservations.expect_stock, right=MANAGE, surfaces=MACHINE),
            CommandSpec(commands.NotePhone, phones.note_phone, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(commands.DropKept, phones.drop_kept, right=MANAGE, also=STOCK, surfaces=STAFF),
            CommandSpec(bulk_counts.SyncStock, bulk_counts.sync_stock, right=MANAGE, surfaces=STAFF),
            CommandSpec(bulk_counts.SyncLines, bulk_counts.sync_lines, right=MANAGE, surfaces=MACHINE),
        ),
        jobs=(JobKind(bulk_counts.SYNC_JOB, bulk_counts.sync_chunks),),
        events=EVENTS,
        watches=watches(limits),
        mended_at="/manager/stock",
        parts=PARTS,
        figures=FIGURES,
        projectors=(project.projector, project.registers_projector, movements.projector, history.projector),
        queries=(
            reads("stock", queries.read_stock, also=STOCK),
            reads("stock_item", queries.read_item),
            reads("stock_list", queries.list_stock),
            reads("stock_movements", movements.list_movements),
            reads("stock_history", history.stock_history),
            reads("stock_then", history.stock_then),
            reads("stock_low", queries.low_stock, also=STOCK, http=_of_goods("low-stock", "low_stock")),
            reads("stock_expiring", queries.expiring, also=STOCK, http=_of_goods("expiring", "expiring")),
            reads("stock_lot", queries.lot_where, also=STOCK),
            reads("stock_locations", read_locations, also=STOCK),
            reads("stock_counts", read_counts, also=STOCK),
            reads("stock_count", count_read_by(limits), also=STOCK),
            reads("stock_receipts", read_receipts),
            reads("stock_cost_corrections", read_cost_corrections),
            reads("stock_check", stock_check),
        ),
    )
