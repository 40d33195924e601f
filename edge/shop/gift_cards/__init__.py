"""Gift cards and store credit. See README.md."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from edge.core.messages import Command
from edge.core.registry import MACHINE, Capability, CommandSpec, Handler, QuerySpec, Transaction
from edge.shop.access.rights import MANAGE, SELL
from edge.shop.gift_cards.commands import (
    BookExpiredCard,
    CloseCard,
    HoldCard,
    LoadCard,
    NoteCardLoss,
    PutBack,
    ReleaseHolds,
    SettleCard,
    SpendCard,
    TakeLoadBack,
)
from edge.shop.gift_cards.events import EVENTS, UPCASTERS
from edge.shop.gift_cards.handlers import (
    book_expired_card,
    close_card,
    hold_card,
    load_card,
    note_card_loss,
    put_back,
    release_holds,
    settle_card,
    spend_card,
    take_load_back,
)
from edge.shop.gift_cards.project import projector
from edge.shop.gift_cards.queries import find_card, read_card_moves, read_cards, read_lost_cards, sum_of_cards
from edge.shop.gift_cards.settings import GiftCardSettings, live
from edge.shop.gift_cards.settings import settings_of as settings_of
from edge.shop.gift_cards.watches import WATCHES


def capability(settings: GiftCardSettings) -> Capability:
    """The gift cards of a store with these settings, or with what was said of them since."""
    settings_now = live(settings)

    def at(handle: Callable[..., Any]) -> Handler:
        @wraps(handle)  # what it gives back is said there
        def handler(tx: Transaction, command: Command) -> Any:
            return handle(tx, command, settings_now.at(tx.db))

        return handler

    return Capability(
        name="gift_cards",
        commands=(
            CommandSpec(LoadCard, at(load_card), right=MANAGE, surfaces=MACHINE),
            CommandSpec(HoldCard, at(hold_card), right=MANAGE, surfaces=MACHINE),
            CommandSpec(ReleaseHolds, release_holds, right=MANAGE, surfaces=MACHINE),
            CommandSpec(SpendCard, spend_card, right=MANAGE, surfaces=MACHINE),
            CommandSpec(PutBack, put_back, right=MANAGE, surfaces=MACHINE),
            CommandSpec(TakeLoadBack, take_load_back, right=MANAGE, surfaces=MACHINE),
            CommandSpec(SettleCard, settle_card, right=MANAGE, surfaces=MACHINE),
            CommandSpec(CloseCard, close_card, right=MANAGE, ask_first=True),
            CommandSpec(BookExpiredCard, at(book_expired_card), right=MANAGE, ask_first=True),
            CommandSpec(NoteCardLoss, note_card_loss, right=MANAGE),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(projector,),
        queries=(
            QuerySpec("gift_card", find_card, right=SELL),
            QuerySpec("gift_cards", read_cards, right=MANAGE),
            QuerySpec("gift_card_moves", read_card_moves, right=MANAGE),
            QuerySpec("gift_cards_lost", read_lost_cards, right=MANAGE),
            QuerySpec("gift_cards_sum", sum_of_cards, right=MANAGE),
        ),
        watches=WATCHES,
    )
