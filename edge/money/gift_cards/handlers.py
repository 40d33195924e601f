"""Commands of gift cards, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings
from edge.money.gift_cards.card import CardKind
from edge.money.gift_cards.commands import (
    BookExpiredCard,
    CloseCard,
    HeldSum,
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
from edge.money.gift_cards.events import CardClosed, CardLoaded, CardLossNoted, CardMoved, CardReopened, CardSettled
from edge.money.gift_cards.queries import (
    BOOK_US,
    HOLD_US,
    OFFICE,
    GiftCard,
    confirmed_minor,
    held_minor,
    is_kept_for_office,
    moved_since,
    read_card,
    unconfirmed_today,
    was_loaded_here,
)
from edge.money.gift_cards.rules import expiry_of_load, expiry_of_return, is_over
from edge.money.gift_cards.settings import GiftCardSettings

_HOLD = "INSERT OR REPLACE INTO gift_hold (card, register, minor, at_us) VALUES (?, ?, ?, ?)"
_RENEW = "UPDATE gift_hold SET at_us = ? WHERE register = ? AND at_us > ?"
_RELEASE = "DELETE FROM gift_hold WHERE register = :register AND (:card IS NULL OR card = :card)"
_CONFIRM = "INSERT OR REPLACE INTO gift_confirmed (card, at_us, free_minor) VALUES (?, ?, ?)"


def load_card(now: LiveSettings[GiftCardSettings], tx: Transaction, command: LoadCard) -> None:
    settings = now.of(tx)
    card = read_card(tx.db, command.card)
    if card and card.closed:
        raise Refusal("card_closed", {"tail": card.tail})
    if card and "credit" in (card.kind, command.kind):
        raise Refusal("card_is_credit", {"tail": card.tail})
    balance = (card.balance_minor if card else 0) + command.minor
    before = card.expires_on if card else None
    until = expiry_of_load(tx.business_date, settings.valid_months, before)
    if command.imported:
        until = max(command.expires_on, before or "") if command.expires_on and before != "" else ""
    loaded = CardLoaded(command.card, command.tail, command.kind, command.minor, balance, until, settings.currency)
    tx.append(msgspec.structs.replace(loaded, imported=True) if command.imported else loaded)


def hold_card(now: LiveSettings[GiftCardSettings], tx: Transaction, command: HoldCard) -> HeldSum:
    settings = now.of(tx)
    card = _usable(tx, command.card)
    held = held_minor(tx.db, card.id, tx.at_us, tx.actor.register)
    said = confirmed_minor(tx.db, card.id, tx.at_us) if settings.head_office else card.balance_minor
    confirmed = said is not None
    minor = min(card.balance_minor - held, command.minor, card.balance_minor if said is None else said)
    if minor <= 0:
        raise Refusal("card_empty", {"tail": card.tail, "balance_minor": card.balance_minor})
    if not confirmed:
        left = settings.offline_minor - unconfirmed_today(tx.db, card.id, tx.business_date) - held
        minor = min(minor, left)
        if minor <= 0:
            raise Refusal("card_not_confirmed", {"tail": card.tail, "most_minor": settings.offline_minor})
    tx.db.execute(_HOLD, (card.id, tx.actor.register, minor, tx.at_us))
    return HeldSum(minor, confirmed)


def renew_holds(tx: Transaction, command: RenewHolds) -> None:
    tx.db.execute(_RENEW, (tx.at_us, tx.actor.register, tx.at_us - HOLD_US))


def release_holds(tx: Transaction, command: ReleaseHolds) -> None:
    tx.db.execute(_RELEASE, {"register": tx.actor.register, "card": command.card})


def spend_card(tx: Transaction, command: SpendCard) -> None:
    card = _usable(tx, command.card)
    if card.balance_minor - held_minor(tx.db, card.id, tx.at_us, tx.actor.register) < command.minor:
        raise Refusal("card_empty", {"tail": card.tail, "balance_minor": card.balance_minor})
    left_minor = card.balance_minor - command.minor
    tx.append(CardMoved(card.id, "spent", command.minor, left_minor, card.expires_on, command.unconfirmed))


def put_back(tx: Transaction, command: PutBack) -> None:
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if card.closed:
        raise Refusal("card_closed", {"tail": card.tail})
    until = expiry_of_return(tx.business_date, card.expires_on)
    tx.append(CardMoved(card.id, "put_back", command.minor, card.balance_minor + command.minor, until))


def take_load_back(tx: Transaction, command: TakeLoadBack) -> None:
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if card.balance_minor - held_minor(tx.db, card.id, tx.at_us) < command.minor:
        raise Refusal("card_spent", {"tail": card.tail, "balance_minor": card.balance_minor})
    left_minor = card.balance_minor - command.minor
    tx.append(CardMoved(card.id, "unloaded", command.minor, left_minor, card.expires_on))


def close_card(tx: Transaction, command: CloseCard) -> None:
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if not card.closed:
        tx.append(CardClosed(card.id, card.balance_minor))


def reopen_card(tx: Transaction, command: ReopenCard) -> None:
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if card.closed:
        tx.append(CardReopened(card.id, card.balance_minor))


def book_expired_card(now: LiveSettings[GiftCardSettings], tx: Transaction, command: BookExpiredCard) -> None:
    settings = now.of(tx)
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if not is_over(card.expires_on, tx.business_date):
        raise Refusal("card_not_over", {"tail": card.tail})
    if not was_loaded_here(tx.db, card.id):
        raise Refusal("card_of_another_box", {"tail": card.tail})
    if card.balance_minor and settings.head_office:
        said = confirmed_minor(tx.db, card.id, tx.at_us, BOOK_US)
        # a till that only read the card has reserved nothing: another shop may have seen the same balance
        if said is None or not is_kept_for_office(tx.db, card.id, tx.at_us):
            raise Refusal("card_not_asked", {"tail": card.tail})
        if said < card.balance_minor:
            raise Refusal("card_kept_elsewhere", {"tail": card.tail})
    if card.balance_minor:
        booked = CardMoved(card.id, "expired", card.balance_minor, 0, card.expires_on, currency=settings.currency)
        tx.append(booked)
        tx.db.execute(_RELEASE, {"register": OFFICE, "card": card.id})


def settle_card(tx: Transaction, command: SettleCard) -> int:
    """Set the card's balance to head office's plus this box's later movements. Writes nothing if it doesn't change."""
    card = read_card(tx.db, command.card)
    after = sum(moved_since(tx.db, command.card, command.through))
    balance = max(0, command.balance_minor + after)
    said = CardSettled(
        *(command.card, command.tail, command.kind, balance),
        *(command.expires_on, command.closed, command.lost_minor),
    )
    if card is None or card.unsettled or said != _as_known(card):
        tx.append(said)
    free_minor = balance if command.free_minor is None else command.free_minor
    tx.db.execute(_CONFIRM, (command.card, tx.at_us, free_minor))
    if command.kept:
        tx.db.execute(_HOLD, (command.card, OFFICE, balance, tx.at_us))
    return balance


def note_card_loss(tx: Transaction, command: NoteCardLoss) -> None:
    card = read_card(tx.db, command.card)
    if card is None:
        raise Refusal("card_unknown")
    if card.lost_minor > card.noted_minor:
        tx.append(CardLossNoted(card.id, card.lost_minor))


def _as_known(card: GiftCard) -> CardSettled:
    kind: CardKind = "credit" if card.kind == "credit" else "gift"
    return CardSettled(card.id, card.tail, kind, card.balance_minor, card.expires_on, card.closed, card.lost_minor)


def _usable(tx: Transaction, id: str) -> GiftCard:
    card = read_card(tx.db, id)
    if card is None:
        raise Refusal("card_unknown")
    if is_over(card.expires_on, tx.business_date):
        raise Refusal("card_expired", {"tail": card.tail, "date": card.expires_on})
    if card.closed:
        raise Refusal("card_closed", {"tail": card.tail})
    return card
