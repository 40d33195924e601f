"""Gift cards and store credit. See README.md."""

from edge.core.registry import MACHINE, Capability, CommandSpec, QuerySpec
from edge.shop.access.rights import MANAGE, SELL
from edge.shop.gift_cards.commands import CloseCard, HoldCard, LoadCard, PutBack, ReleaseHolds, SpendCard, TakeLoadBack
from edge.shop.gift_cards.events import EVENTS, UPCASTERS
from edge.shop.gift_cards.handlers import (
    close_card,
    hold_card,
    load_card,
    put_back,
    release_holds,
    spend_card,
    take_load_back,
)
from edge.shop.gift_cards.project import projector
from edge.shop.gift_cards.queries import find_card, read_card_moves, read_cards, sum_of_cards

capability = Capability(
    name="gift_cards",
    commands=(
        CommandSpec(LoadCard, load_card, right=MANAGE, surfaces=MACHINE),
        CommandSpec(HoldCard, hold_card, right=MANAGE, surfaces=MACHINE),
        CommandSpec(ReleaseHolds, release_holds, right=MANAGE, surfaces=MACHINE),
        CommandSpec(SpendCard, spend_card, right=MANAGE, surfaces=MACHINE),
        CommandSpec(PutBack, put_back, right=MANAGE, surfaces=MACHINE),
        CommandSpec(TakeLoadBack, take_load_back, right=MANAGE, surfaces=MACHINE),
        CommandSpec(CloseCard, close_card, right=MANAGE, ask_first=True),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(
        QuerySpec("gift_card", find_card, right=SELL),
        QuerySpec("gift_cards", read_cards, right=MANAGE),
        QuerySpec("gift_card_moves", read_card_moves, right=MANAGE),
        QuerySpec("gift_cards_sum", sum_of_cards, right=MANAGE),
    ),
)
