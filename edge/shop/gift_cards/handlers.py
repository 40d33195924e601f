"""Commands of gift cards, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.gift_cards.commands import (
    CloseCard,
    HoldCard,
    LoadCard,
    PutBack,
    ReleaseHolds,
    SpendCard,
    TakeLoadBack,
)
from edge.shop.gift_cards.events import CardClosed, CardLoaded, CardMoved
from edge.shop.gift_cards.queries import GiftCard, held_minor, read_card

_HOLD = "INSERT OR REPLACE INTO gift_hold (card, register, minor, at_us) VALUES (?, ?, ?, ?)"


def load_card(tx: Transaction, command: LoadCard) -> Refused | None:
    card = read_card(tx.db, command.card)
    if card and card.closed:
        return Refused("card_closed", {"tail": card.tail})
    if card and "credit" in (card.kind, command.kind):
        return Refused("card_is_credit", {"tail": card.tail})
    balance = (card.balance_minor if card else 0) + command.minor
    tx.append(CardLoaded(command.card, command.tail, command.kind, command.minor, balance))
    return None


def hold_card(tx: Transaction, command: HoldCard) -> int | Refused:
    card = _usable(read_card(tx.db, command.card))
    if isinstance(card, Refused):
        return card
    free = card.balance_minor - held_minor(tx.db, card.id, tx.at_us, tx.actor.register)
    minor = min(free, command.minor)
    if minor <= 0:
        return Refused("card_empty", {"tail": card.tail, "balance_minor": card.balance_minor})
    tx.db.execute(_HOLD, (card.id, tx.actor.register, minor, tx.at_us))
    return minor


def release_holds(tx: Transaction, command: ReleaseHolds) -> None:
    tx.db.execute("DELETE FROM gift_hold WHERE register = ?", (tx.actor.register,))


def spend_card(tx: Transaction, command: SpendCard) -> Refused | None:
    card = _usable(read_card(tx.db, command.card))
    if isinstance(card, Refused):
        return card
    if card.balance_minor - held_minor(tx.db, card.id, tx.at_us, tx.actor.register) < command.minor:
        return Refused("card_empty", {"tail": card.tail, "balance_minor": card.balance_minor})
    tx.append(CardMoved(card.id, "spent", command.minor, card.balance_minor - command.minor))
    return None


def put_back(tx: Transaction, command: PutBack) -> Refused | None:
    card = read_card(tx.db, command.card)
    if card is None:
        return Refused("card_unknown")
    if card.closed:
        return Refused("card_closed", {"tail": card.tail})
    tx.append(CardMoved(card.id, "put_back", command.minor, card.balance_minor + command.minor))
    return None


def take_load_back(tx: Transaction, command: TakeLoadBack) -> Refused | None:
    card = read_card(tx.db, command.card)
    if card is None:
        return Refused("card_unknown")
    if card.balance_minor - held_minor(tx.db, card.id, tx.at_us) < command.minor:
        return Refused("card_spent", {"tail": card.tail, "balance_minor": card.balance_minor})
    tx.append(CardMoved(card.id, "unloaded", command.minor, card.balance_minor - command.minor))
    return None


def close_card(tx: Transaction, command: CloseCard) -> Refused | None:
    card = read_card(tx.db, command.card)
    if card is None:
        return Refused("card_unknown")
    if not card.closed:
        tx.append(CardClosed(card.id, card.balance_minor))
    return None


def _usable(card: GiftCard | None) -> GiftCard | Refused:
    if card is None:
        return Refused("card_unknown")
    return Refused("card_closed", {"tail": card.tail}) if card.closed else card
