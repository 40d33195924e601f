"""Goods between this store and others. See README.md."""

from functools import partial

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.transfers import commands, drafts, handlers, project, queries
from edge.goods.transfers.checks import transfer_stock_check
from edge.goods.transfers.events import EVENTS
from edge.goods.transfers.watches import WATCHES

_decides = partial(CommandSpec, right=MANAGE, ask_first=True, surfaces=STAFF)
_prepares = partial(CommandSpec, right=MANAGE, also=STOCK, surfaces=STAFF)


def _at(path: str, name: str) -> tuple[HttpAddress, ...]:
    """An address that answers with the transfer behind the command."""
    answer = queries.StoreTransfer
    return (
        HttpAddress(
            "POST", path, name=name, tag="stock", answer=answer, shows=queries.transfer_behind, statuses=(404, 422)
        ),
    )


capability = Capability(
    name="transfers",
    commands=(
        _decides(commands.SendTransfer, handlers.send_transfer, http=_at("transfers", "transfers_send")),
        _prepares(
            commands.DraftTransfer,
            drafts.draft_transfer,
            http=(*_at("transfers/drafts", "transfers_draft"), *_at("transfers/{id}/change", "transfers_change")),
        ),
        _decides(commands.SendDraft, handlers.send_draft, http=_at("transfers/{id}/send", "transfers_send_draft")),
        _prepares(commands.DropDraft, drafts.drop_draft, http=_at("transfers/{id}/drop", "transfers_drop")),
        _decides(
            commands.ReceiveTransfer,
            handlers.receive_transfer,
            also=STOCK,
            http=_at("transfers/{id}/receive", "transfers_receive"),
        ),
        _decides(
            commands.RefuseTransfer, handlers.refuse_transfer, http=_at("transfers/{id}/refuse", "transfers_refuse")
        ),
        _decides(
            commands.TakeBackTransfer,
            handlers.take_back_transfer,
            also=STOCK,
            http=_at("transfers/{id}/take-back", "transfers_take_back"),
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
