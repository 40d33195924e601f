"""What is on hand, where, by lot and last day. See README.md."""

from edge.core.registry import MACHINE, Capability, CommandSpec, JobKind, QuerySpec
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.stock import (
    claims,
    commands,
    counting,
    history,
    movements,
    moving,
    places,
    project,
    queries,
    receipts,
    syncing,
)
from edge.shop.stock.checks import stock_check
from edge.shop.stock.events import EVENTS, UPCASTERS
from edge.shop.stock.listings import read_cost_corrections, read_count, read_counts, read_locations, read_receipts
from edge.shop.stock.watches import WATCHES

capability = Capability(
    name="stock",
    commands=(
        CommandSpec(commands.MoveStock, moving.move_stock, right=MANAGE, also=STOCK),
        CommandSpec(commands.RecordMovement, moving.record_movement, right=MANAGE, also=STOCK, ask_first=True),
        CommandSpec(commands.ReviseReceipt, receipts.revise_receipt, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.TransferStock, moving.transfer_stock, right=MANAGE, also=STOCK, ask_first=True),
        CommandSpec(commands.SetAside, moving.set_aside, right=MANAGE, also=STOCK),
        CommandSpec(commands.CloseBox, moving.close_box, right=MANAGE, also=STOCK),
        CommandSpec(commands.SetLocation, places.set_location, right=MANAGE),
        CommandSpec(commands.RetireLocation, places.retire_location, right=MANAGE),
        CommandSpec(commands.SetSellingPlace, places.set_selling_place, right=MANAGE),
        CommandSpec(commands.SetLevels, places.set_levels, right=MANAGE),
        CommandSpec(commands.RecallLot, places.recall_lot, right=MANAGE, ask_first=True),
        CommandSpec(commands.LiftRecall, places.lift_recall, right=MANAGE, ask_first=True),
        CommandSpec(commands.StartCount, counting.start_count, right=MANAGE),
        CommandSpec(commands.CountLine, counting.count_line, right=MANAGE, also=STOCK),
        CommandSpec(commands.PostCount, counting.post_count, right=MANAGE, ask_first=True),
        CommandSpec(commands.CancelCount, counting.cancel_count, right=MANAGE, ask_first=True),
        CommandSpec(commands.ReserveStock, claims.reserve_stock, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.ReleaseStock, claims.release_stock, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.FulfilReservation, claims.fulfil_reservation, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.ReleaseExpired, claims.release_expired, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.ExpectStock, claims.expect_stock, right=MANAGE, surfaces=MACHINE),
        CommandSpec(syncing.SyncStock, syncing.sync_stock, right=MANAGE),
        CommandSpec(syncing.SyncLines, syncing.sync_lines, right=MANAGE, surfaces=MACHINE),
    ),
    jobs=(JobKind(syncing.SYNC_JOB, syncing.sync_chunks),),
    events=EVENTS,
    upcasters=UPCASTERS,
    watches=WATCHES,
    projectors=(project.projector, movements.projector, history.projector),
    queries=(
        QuerySpec("stock", queries.read_stock, right=MANAGE, also=STOCK),
        QuerySpec("stock_item", queries.read_item, right=MANAGE),
        QuerySpec("stock_list", queries.list_stock, right=MANAGE),
        QuerySpec("stock_movements", movements.list_movements, right=MANAGE),
        QuerySpec("stock_history", history.stock_history, right=MANAGE),
        QuerySpec("stock_then", history.stock_then, right=MANAGE),
        QuerySpec("stock_low", queries.low_stock, right=MANAGE, also=STOCK),
        QuerySpec("stock_expiring", queries.expiring, right=MANAGE, also=STOCK),
        QuerySpec("stock_lot", queries.lot_where, right=MANAGE, also=STOCK),
        QuerySpec("stock_locations", read_locations, right=MANAGE, also=STOCK),
        QuerySpec("stock_counts", read_counts, right=MANAGE, also=STOCK),
        QuerySpec("stock_count", read_count, right=MANAGE, also=STOCK),
        QuerySpec("stock_receipts", read_receipts, right=MANAGE),
        QuerySpec("stock_cost_corrections", read_cost_corrections, right=MANAGE),
        QuerySpec("stock_check", stock_check, right=MANAGE),
    ),
)
