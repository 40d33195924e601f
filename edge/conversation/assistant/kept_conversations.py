"""Conversations kept with the customer's consent (`chat`): for thirty days, on this box only.

They are encrypted under the customer's key. Without consent, a customer's data is deleted with the conversation.
Withdrawing consent, by any route, deletes the kept turns in the same commit.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge.conversation.assistant.commands import KeepChat, MarkAnswer
from edge.conversation.assistant.figures import count_mark
from edge.conversation.assistant.queries import read_chat, read_turns
from edge.core.messages import Refusal
from edge.core.people.forgetting import overwriting
from edge.core.people.sealing import Forgotten, Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.ordering.orders.queries import cart_at, read_cart
from edge.people.customers.commands import GiveConsent, MergeCustomers, WithdrawConsent
from edge.people.customers.queries import aliases, consents_to, resolve

PURPOSE = "chat"
MOST = 2_000
"""Maximum turns kept per customer; the oldest are deleted first."""
PLACE = ("chat_kept", "turn")
"""Associated data of the encryption: table and field."""


class KeptTurn(msgspec.Struct, frozen=True):
    """A customer's sentence with its language and answer.

    `right`: the customer's mark of the answer, with their `note`.
    """

    at_us: int
    said: str
    answered: str
    language: str = ""
    right: bool | None = None
    note: str = ""


class KeptConversation(msgspec.Struct, frozen=True):
    """A conversation as shown to its customer; `messages`: both sides."""

    language: str
    began_us: int
    ended_us: int
    messages: int
    turns: list[KeptTurn]


def keep_turns(tx: Transaction, session: str, customer: str) -> None:
    """Keep the newest turn if the customer consents. Earlier turns may be of a different person at the same kiosk."""
    if not consents_to(tx.db, customer, PURPOSE, tx.at_us):
        return
    (last,) = tx.db.execute("SELECT coalesce(max(turn), 0) FROM chat_kept WHERE session = ?", (session,)).fetchone()
    ring, chat = Keyring(tx.db), read_chat(tx.db, session)
    language = chat.language if chat else ""
    for turn in read_turns(tx.db, session, limit=1):
        if turn.number <= last:
            return
        text = msgspec.json.encode(KeptTurn(turn.at_us, turn.answer.heard, turn.answer.text, language)).decode()
        try:
            sealed = ring.seal(customer, *PLACE, text)
        except Forgotten:
            return
        tx.db.execute(
            "INSERT INTO chat_kept (customer, session, turn, at_us, sealed) VALUES (?, ?, ?, ?, ?)",
            (customer, session, turn.number, turn.at_us, sealed),
        )
    tx.db.execute(
        "DELETE FROM chat_kept WHERE customer = ?1 AND number NOT IN"
        " (SELECT number FROM chat_kept WHERE customer = ?1 ORDER BY number DESC LIMIT ?2)",
        (customer, MOST),
    )


def mark_answer(tx: Transaction, command: MarkAnswer) -> None:
    """Mark a kept answer of the customer identified in the cart.

    The note is encrypted like the sentence. Only the first mark of an answer is counted. Raises `Refusal` if the
    customer has no such answer.
    """
    customer = _customer_at(tx, command.cart)
    row = tx.db.execute("SELECT customer, sealed FROM chat_kept WHERE number = ?", (command.number,)).fetchone()
    if row and row[0] not in _all(tx.db, customer):
        row = None
    ring = Keyring(tx.db)
    text = ring.open(row[0], *PLACE, row[1]) if row else None
    if not text:
        raise Refusal("no_such_answer")
    known = msgspec.json.decode(text, type=KeptTurn)
    marked = msgspec.structs.replace(known, right=command.right, note=command.note.strip())
    sealed = ring.seal(row[0], *PLACE, msgspec.json.encode(marked).decode())
    with overwriting(tx.db):
        tx.db.execute("UPDATE chat_kept SET sealed = ? WHERE number = ?", (sealed, command.number))
    if known.right is None:
        count_mark(tx, "phone" if command.cart else "kiosk", known.language, command.right)


def newest_kept(db: Connection, customer: str) -> tuple[int, KeptTurn] | None:
    """A customer's newest kept turn, and its number."""
    ring = Keyring(db)
    found = [
        (number, id, sealed)
        for id in _all(db, customer)
        for number, sealed in db.execute(
            "SELECT number, sealed FROM chat_kept WHERE customer = ? ORDER BY number DESC LIMIT 1", (id,)
        )
    ]
    if not found:
        return None
    number, id, sealed = max(found)
    text = ring.open(id, *PLACE, sealed)
    return (number, msgspec.json.decode(text, type=KeptTurn)) if text else None


def count_kept(db: Connection, customer: str) -> int:
    """Return the number of a customer's kept turns."""
    count = "SELECT count(*) FROM chat_kept WHERE customer = ?"
    return sum(db.execute(count, (one,)).fetchone()[0] for one in _all(db, customer))


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """All kept conversations of a person, for their data export."""
    ring, found = Keyring(db), dict[str, list[KeptTurn]]()
    for id in _all(db, person):
        rows = db.execute("SELECT session, sealed FROM chat_kept WHERE customer = ? ORDER BY number", (id,))
        for session, sealed in rows.fetchall():
            if text := ring.open(id, *PLACE, sealed):
                found.setdefault(session, []).append(msgspec.json.decode(text, type=KeptTurn))
    told = [
        KeptConversation(turns[-1].language, turns[0].at_us, turns[-1].at_us, 2 * len(turns), turns)
        for turns in found.values()
    ]
    return {"conversations": sorted(told, key=lambda one: one.began_us)} if told else {}


def forget_kept(tx: Transaction, person: str) -> bool:
    """Delete a person's kept conversations (`people.forgetting.Forgetter`)."""
    with overwriting(tx.db):
        tx.db.execute("DELETE FROM chat_kept WHERE customer = ?", (person,))
    return False


def after_withdrawing(tx: Transaction, command: WithdrawConsent, result: Any) -> Any:
    """Delete the turns kept under a withdrawn consent, in the same commit."""
    _end(tx, command.customer)
    return result


def after_merging(tx: Transaction, command: MergeCustomers, result: Any) -> Any:
    """After a merge, keep nothing if either customer hadn't consented."""
    _end(tx, command.kept)
    return result


def _end(tx: Transaction, customer: str) -> None:
    id = resolve(tx.db, customer)
    if id is not None and not consents_to(tx.db, id, PURPOSE, tx.at_us):
        for one in _all(tx.db, id):
            forget_kept(tx, one)


def keep_chat(tx: Transaction, command: KeepChat) -> None:
    """Store the consent or refusal of the customer identified in the cart."""
    customer, how = _customer_at(tx, command.cart), "phone" if command.cart else "kiosk"
    if command.keep:
        tx.do(GiveConsent(customer, PURPOSE, command.language, command.wording, how))  # type: ignore[arg-type]
    else:
        tx.do(WithdrawConsent(customer, PURPOSE, how))  # type: ignore[arg-type]


def _customer_at(tx: Transaction, id: str) -> str:
    """The customer identified in a cart ("": the kiosk's). Raises `Refusal` if the cart is gone or has no customer."""
    cart = read_cart(tx.db, id) if id else cart_at(tx.db, tx.actor.register, tx.at_us)
    if cart is None or cart.is_over(tx.at_us) or not cart.basket.customer:
        raise Refusal("chat_whose")
    return cart.basket.customer


def _all(db: Connection, customer: str) -> tuple[str, ...]:
    return (customer, *aliases(db, customer))
