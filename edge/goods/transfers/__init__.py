"""Goods between stores.

Goods leave one store, are in transit at head office, and arrive in the other.

Steps. Staff prepare a draft (`DraftTransfer`) as often as it changes; nothing moves until a manager sends it
(`SendDraft`), or sends everything at once (`SendTransfer`). Sending takes the goods out of stock at their value, under
an id that both stores use. The sender's journal reaches head office, which publishes a directive `shipments` to the
other store: `AnnounceTransfer`. The goods are then expected there. Staff record what arrived (`ReceiveTransfer`) or
refuse it (`RefuseTransfer`). That reaches head office in the same way, and the sender as `SettleTransfer`.

- No step happens twice. The id makes each step idempotent: for a repeated directive, a restored box, and two boxes of
  a store. Steps wait in a journal while a store or head office can't be reached.
- In transit the goods are in no store's stock. They keep the value that they left with and arrive at that value,
  or without one at a store of another currency.
- Missing goods are the sender's loss, a figure (`CostCorrected`, `lost_in_transit`). A surplus is confirmed and
  received as found.
- Refused goods return to the sender: `TakeBackTransfer` adds them to stock again.
- A store unknown to head office receives nothing: the transfer returns to its sender as refused.
"""

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
    """HTTP addresses that answer with the transfer affected by the command."""
    answer = queries.StoreTransfer
    return (
        HttpAddress(
            "POST", path, name=name, tag="stock", answer=answer, shows=queries.affected_transfer, statuses=(404, 422)
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
    mended_at="/manager/transfers",
    projectors=(project.projector,),
    queries=(
        QuerySpec("transfers", queries.read_transfers, right=MANAGE, surfaces=STAFF),
        QuerySpec("transfer", queries.read_transfer, right=MANAGE, surfaces=STAFF),
        QuerySpec("transfer_stock_check", transfer_stock_check, right=MANAGE, surfaces=STAFF),
    ),
)
