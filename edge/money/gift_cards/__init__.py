"""Gift cards and store credit. See README.md."""

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE
from edge.money.gift_cards.commands import (
    BookExpiredCard,
    CloseCard,
    HoldCard,
    LoadCard,
    NoteCardLoss,
    PutBack,
    ReleaseHolds,
    RenewHolds,
    ReopenCard,
    SettleCard,
    SpendCard,
    TakeLoadBack,
)
from edge.money.gift_cards.events import EVENTS
from edge.money.gift_cards.figures import FIGURES
from edge.money.gift_cards.handlers import (
    book_expired_card,
    close_card,
    hold_card,
    load_card,
    note_card_loss,
    put_back,
    release_holds,
    renew_holds,
    reopen_card,
    settle_card,
    spend_card,
    take_load_back,
)
from edge.money.gift_cards.project import projector
from edge.money.gift_cards.queries import find_card, read_card_moves, read_cards, read_lost_cards, sum_of_cards
from edge.money.gift_cards.settings import GiftCardSettings, live
from edge.money.gift_cards.settings import settings_of as settings_of
from edge.money.gift_cards.watches import WATCHES


def capability(settings: GiftCardSettings) -> Capability:
    """The gift card capability with these settings, or their values changed at run time."""
    now = live(settings)
    return Capability(
        name="gift_cards",
        commands=(
            CommandSpec(LoadCard, partial(load_card, now), right=MANAGE, surfaces=MACHINE),
            CommandSpec(HoldCard, partial(hold_card, now), right=MANAGE, surfaces=MACHINE),
            CommandSpec(RenewHolds, renew_holds, right=MANAGE, surfaces=MACHINE),
            CommandSpec(ReleaseHolds, release_holds, right=MANAGE, surfaces=MACHINE),
            CommandSpec(SpendCard, spend_card, right=MANAGE, surfaces=MACHINE),
            CommandSpec(PutBack, put_back, right=MANAGE, surfaces=MACHINE),
            CommandSpec(TakeLoadBack, take_load_back, right=MANAGE, surfaces=MACHINE),
            CommandSpec(SettleCard, settle_card, right=MANAGE, surfaces=MACHINE),
            CommandSpec(CloseCard, close_card, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(ReopenCard, reopen_card, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(BookExpiredCard, partial(book_expired_card, now), right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(NoteCardLoss, note_card_loss, right=MANAGE, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("gift_card", find_card, right=MANAGE, surfaces=STAFF),
            QuerySpec("gift_cards", read_cards, right=MANAGE, surfaces=STAFF),
            QuerySpec("gift_card_moves", read_card_moves, right=MANAGE, surfaces=STAFF),
            QuerySpec("gift_cards_lost", read_lost_cards, right=MANAGE, surfaces=STAFF),
            QuerySpec("gift_cards_sum", sum_of_cards, right=MANAGE, surfaces=STAFF),
        ),
        watches=WATCHES,
        mended_at="/manager/cards",
        figures=FIGURES,
    )
