"""Goods between this store and others. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.transfers import commands, drafts, handlers, project, queries
from edge.shop.transfers.checks import transfer_stock_check
from edge.shop.transfers.events import EVENTS
from edge.shop.transfers.watches import WATCHES

capability = Capability(
    name="transfers",
    commands=(
        CommandSpec(commands.SendTransfer, handlers.send_transfer, right=MANAGE, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.DraftTransfer, drafts.draft_transfer, right=MANAGE, also=STOCK, surfaces=STAFF),
        CommandSpec(commands.SendDraft, handlers.send_draft, right=MANAGE, ask_first=True, surfaces=STAFF),
        CommandSpec(commands.DropDraft, drafts.drop_draft, right=MANAGE, also=STOCK, surfaces=STAFF),
        CommandSpec(
            commands.ReceiveTransfer,
            handlers.receive_transfer,
            right=MANAGE,
            also=STOCK,
            ask_first=True,
            surfaces=STAFF,
        ),
        CommandSpec(commands.RefuseTransfer, handlers.refuse_transfer, right=MANAGE, ask_first=True, surfaces=STAFF),
        CommandSpec(
            commands.TakeBackTransfer,
            handlers.take_back_transfer,
            right=MANAGE,
            also=STOCK,
            ask_first=True,
            surfaces=STAFF,
        ),
        CommandSpec(commands.AnnounceTransfer, handlers.announce_transfer, right=MANAGE, surfaces=MACHINE),
        CommandSpec(commands.SettleTransfer, handlers.settle_transfer, right=MANAGE, surfaces=MACHINE),
    ),
    events=EVENTS,
    watches=WATCHES,
    projectors=(project.projector,),
    queries=(
        QuerySpec("transfers", queries.read_transfers, right=MANAGE, surfaces=STAFF),
        QuerySpec("transfer", queries.read_transfer, right=MANAGE, surfaces=STAFF),
        QuerySpec("transfer_stock_check", transfer_stock_check, right=MANAGE, surfaces=STAFF),
    ),
)
