"""Québec's outbox: transactions not yet answered by the service, as they're sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from edge.accounting.fiscal.beside_papers import again
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.fiscal_paper import PaperId
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.paper_reader import PaperReader
from edge.accounting.fiscal.quebec.quebec_papers import device_of, reference_of, transaction_number, transaction_of
from edge.accounting.fiscal.quebec.quebec_signing import BILLS, signature_as_sent
from edge.accounting.fiscal.queries import keys_through
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.lib.fiscal.es256 import key_of
from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.quebec.transactions import QuebecReference, QuebecTransaction, fields, is_body_signed

BATCH_MOST = 50
_WAITS = """
    SELECT register, place, paper, seq, at_us FROM fiscal_transaction WHERE state = 'waits' ORDER BY seq LIMIT ?
"""
_ALL = "SELECT register, place, paper, seq, at_us FROM fiscal_transaction WHERE register = ? ORDER BY place"
_SINCE = """
    SELECT register, place, paper, seq, service_number, service_at FROM fiscal_transaction
    WHERE register = ? AND at_us >= ? AND at_us < ? ORDER BY place
"""
_AT_PLACE = "SELECT seq FROM fiscal_transaction WHERE register = ? AND place = ?"
_OF_PAPER = "SELECT place FROM fiscal_transaction WHERE register = ? AND paper = ? ORDER BY place LIMIT 1"
_STATES = "SELECT state, count(*), min(at_us) FROM fiscal_transaction GROUP BY state"
_REFUSED = """
    SELECT register, place, paper, why FROM fiscal_transaction WHERE state = 'refused' ORDER BY seq DESC LIMIT 20
"""


class WaitingTransaction(msgspec.Struct, frozen=True):
    """A waiting transaction: its place in the register's chain, its number, the fields sent, and their signature."""

    register: str
    place: int
    number: str
    signature: str
    fields: dict[str, Any]


class SignedTransaction(msgspec.Struct, frozen=True):
    """A signed transaction, and its number at the service: "" if unanswered or refused."""

    transaction: QuebecTransaction
    service_number: str
    service_at: str


class Outbox:
    """Reads transactions with a separate connection."""

    def __init__(
        self, db: Connection, registry: Registry, till: TillSettings, settings: FiscalSettings, keys: FiscalKeys
    ) -> None:
        self._db = db
        self._settings = settings
        self._keys = keys
        (head,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
        self._reader = PaperReader(db, registry, till, head, corrected=False)

    def waiting(self, limit: int = BATCH_MOST) -> list[WaitingTransaction]:
        """Waiting transactions of one register, oldest first."""
        rows = self._db.execute(_WAITS, (limit,)).fetchall()
        return [self._waiting_transaction(*row) for row in rows if row[0] == rows[0][0]]

    def between(self, register: str, since_us: int, until_us: int) -> Iterator[SignedTransaction]:
        """A register's transactions signed at or after `since_us` and before `until_us`, in order of place."""
        for of, place, paper, seq, number, at in self._db.execute(_SINCE, (register, since_us, until_us)).fetchall():
            yield SignedTransaction(self._transaction(of, place, paper, seq)[1], number, at)

    def check(self, register: str) -> Iterator[int]:
        """Yield 1 for each valid signature of a register's transactions. Raises `FiscalFault` for the first invalid
        one."""
        keys, previous = [key_of(text) for text in keys_through(self._db, "ca-qc")], ""
        for _, place, paper, seq, _ in self._db.execute(_ALL, (register,)).fetchall():
            event, one = self._transaction(register, place, paper, seq)
            device = device_of(self._settings, register)
            signature = signature_as_sent(event.signature)
            while keys and not is_body_signed(keys[0], device, one, previous, signature):
                del keys[0]  # a replaced key no longer signs
            if not keys:
                raise FiscalFault("signature", f"transaction {one.number} of {register}", "its signature is invalid.")
            previous = signature
            yield 1

    def _waiting_transaction(self, register: str, place: int, paper: int, seq: int, at_us: int) -> WaitingTransaction:
        event, one = self._transaction(register, place, paper, seq)
        signature, before = signature_as_sent(event.signature), self._signature(register, place - 1)
        device = device_of(self._settings, register)
        made = fields(device, one, signature, before, self._keys.fingerprint)
        return WaitingTransaction(register, place, one.number, signature, made)

    def _transaction(self, register: str, place: int, paper: int, seq: int) -> tuple[PaperSigned, QuebecTransaction]:
        event = self._reader.fact(seq).event
        if isinstance(event, PaperSigned) and event.beside is not None:
            bills = tuple(self._bills(register, event.basket_us, place))
            return event, transaction_of(again(register, event), place, bills, event.kind)
        receipt = read_receipt(self._db, register, paper)
        if not isinstance(event, PaperSigned) or receipt is None:
            raise FiscalFault("missing", f"transaction {transaction_number(place)}", "its document is missing.")
        found = msgspec.structs.replace(self._reader.paper(receipt.seq), at=datetime.fromisoformat(event.at))
        basis = PaperId(register, paper) if event.kind == "REPRODUCTION" else found.basis
        references = tuple(self._references(basis)) if basis else ()
        sale = self._reader.fact(receipt.seq).event
        if isinstance(sale, SaleCompleted) and event.kind != "REPRODUCTION":
            references += tuple(self._bills(register, sale.opened_us, place))
        return event, transaction_of(found, place, references, event.kind)

    def _bills(self, register: str, basket_us: int, before: int) -> Iterator[QuebecReference]:
        """Bills printed earlier for the same basket."""
        for place, seq in self._db.execute(BILLS, (register, basket_us, before)).fetchall():
            event = self._reader.fact(seq).event
            if isinstance(event, PaperSigned) and event.beside is not None:
                yield reference_of(again(register, event), place)

    def _references(self, basis: PaperId) -> Iterator[QuebecReference]:
        """References to a paper's transaction; none for papers from before the law applied."""
        row = self._db.execute(_OF_PAPER, (basis.register, basis.number)).fetchone()
        receipt = read_receipt(self._db, basis.register, basis.number)
        if row and receipt:
            yield reference_of(self._reader.paper(receipt.seq), row[0])

    def _signature(self, register: str, place: int) -> str:
        row = self._db.execute(_AT_PLACE, (register, place)).fetchone()
        event = self._reader.fact(row[0]).event if row else None
        return signature_as_sent(event.signature) if isinstance(event, PaperSigned) else ""


class OutboxState(msgspec.Struct, frozen=True):
    """The number of waiting transactions, the oldest one's time (us, 0: none), and the numbers of accepted and finally
    refused ones."""

    waits: int = 0
    since_us: int = 0
    taken: int = 0
    refused: int = 0


class RefusedTransaction(msgspec.Struct, frozen=True):
    """A transaction that the service finally refused; `why`: its codes and text."""

    register: str
    place: int
    paper: int
    why: str


def outbox_state(db: Connection) -> OutboxState:
    """The state of Québec's outbox."""
    found = {state: (count, first) for state, count, first in db.execute(_STATES)}
    waits, since_us = found.get("waits", (0, 0))
    return OutboxState(waits, since_us, found.get("taken", (0, 0))[0], found.get("refused", (0, 0))[0])


def refused_transactions(db: Connection) -> list[RefusedTransaction]:
    """The newest finally refused transactions."""
    return [RefusedTransaction(*row) for row in db.execute(_REFUSED)]
