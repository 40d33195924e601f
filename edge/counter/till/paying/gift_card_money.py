"""Effects of voids and refunds on gift cards, inside the transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal, Refused
from edge.core.registry import Transaction
from edge.counter.basket.event_structs import GivenBack, RecordedLine
from edge.counter.till.events import RefundUndone
from edge.money.gift_cards.card import CODE_LENGTH, card_id, encode_code, tail_of
from edge.money.gift_cards.commands import LoadCard, PutBack, SpendCard, TakeLoadBack
from edge.money.gift_cards.queries import read_card

Credit = tuple[str, int]
"""The code of a store credit card issued for returned goods, and its balance."""


def loads_undone(tx: Transaction, lines: Iterable[RecordedLine]) -> None:
    """Deduct the loads of these lines from their gift cards."""
    for line in lines:
        if line.kind == "load" and not line.voided:
            tx.do(TakeLoadBack(line.card, line.amount_minor))


def refunds_undone(tx: Transaction, refunds: Iterable[RefundUndone]) -> None:
    """Void refunds: deduct them from the gift cards they went to, and restore reversed loads."""
    refunds = tuple(refunds)
    for one in (one for refund in refunds for one in refund.tenders):
        if not one.card:
            continue
        try:
            tx.do(SpendCard(one.card, one.amount_minor))
        except Refusal as refusal:
            if refusal.code != "card_empty":
                raise
            raise _card_spent_refusal(refusal.refused) from None
    for line in (line for refund in refunds for line in refund.lines):
        if line.kind == "load":
            tx.do(LoadCard(line.card, line.code, line.amount_minor))


def _card_spent_refusal(empty: Refused) -> Refusal:
    """The refusal to take back a refund that was already spent from its card."""
    tail, balance_minor = empty.values["tail"], empty.values["balance_minor"]
    return Refusal("card_spent", {"tail": tail, "balance_minor": balance_minor})


def credit_given(tx: Transaction, back: tuple[GivenBack, ...]) -> tuple[tuple[GivenBack, ...], Credit | None]:
    """Add refunds to their gift cards. Refunds without a card, or to a closed one, go to a new store credit card."""
    if all(one.kind not in ("gift", "credit") for one in back):
        return back, None
    tenders, fresh_minor = list(back), 0
    code = encode_code(secrets.token_bytes(CODE_LENGTH))
    for place, one in enumerate(tenders):
        if one.kind not in ("gift", "credit"):
            continue
        known = read_card(tx.db, one.card) if one.card else None
        if known and not known.closed:
            tx.do(PutBack(known.id, one.amount_minor))
        else:
            fresh_minor += one.amount_minor
            tenders[place] = msgspec.structs.replace(one, kind="credit", card=card_id(code), reference=tail_of(code))
    if not fresh_minor:
        return tuple(tenders), None
    tx.do(LoadCard(card_id(code), tail_of(code), fresh_minor, "credit"))
    return tuple(tenders), (code, fresh_minor)
