"""Signs Québec's transactions in their paper's commit, and marks bills."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from edge.accounting.fiscal.beside_papers import again
from edge.accounting.fiscal.beside_papers import paper_fact as kept_beside
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.fiscal_paper import FiscalPaper
from edge.accounting.fiscal.keys import FiscalKeys
from edge.accounting.fiscal.quebec.quebec_papers import device_of, transaction_of
from edge.accounting.fiscal.queries import chain_end
from edge.accounting.fiscal.settings import FiscalSettings
from edge.accounting.fiscal.taxed_paper import KINDS
from edge.core.messages import RecordedEvent
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.fiscal.es256 import from_base64url, to_base64url
from edge.lib.fiscal.quebec.transactions import QuebecTransaction, qr_address, sign_body

_AGAIN = "SELECT count(*) FROM fiscal_paper WHERE regime = 'ca-qc' AND register = ? AND zero = 1"
_NEWEST = """
    SELECT place, seq, state, service_number, service_at, at_us FROM fiscal_transaction
    WHERE register = ? AND paper = ? ORDER BY place DESC LIMIT 1
"""
BILLS = """
    SELECT place, seq FROM fiscal_transaction
    WHERE register = ? AND basket_us = ? AND basket_us > 0 AND place < ? AND kind = 'BILL' ORDER BY place DESC LIMIT 5
"""
_STANDS = "SELECT seq, state, service_number, service_at FROM fiscal_transaction WHERE register = ? AND place = ?"
_AT_PLACE = "SELECT seq FROM fiscal_transaction WHERE register = ? AND place = ?"
Read = Callable[[int], RecordedEvent]


class QuebecSigning:
    """Signs a store's transactions."""

    def __init__(self, settings: FiscalSettings, keys: FiscalKeys) -> None:
        self._settings = settings
        self._keys = keys

    def sign_paper(self, tx: Transaction, paper: FiscalPaper) -> PaperSigned:
        """Return the signing event of a paper. Raises `EdgeError` if the key isn't usable."""
        place, previous = chain_end(tx.db, "ca-qc", "ticket", paper.id.register)
        signature = self._signature(transaction_of(paper, place + 1), paper.id.register, previous)
        about = (paper.id.number, KINDS[paper.kind], paper.day, paper.at.isoformat())
        return PaperSigned("ca-qc", *about, (), paper.total_minor, paper.apart_minor, signature)

    def reproduction(self, tx: Transaction, paper: FiscalPaper, at: datetime) -> PaperSigned:
        """The signing event of a paper's reproduction at a time."""
        register = paper.id.register
        place, previous = chain_end(tx.db, "ca-qc", "ticket", register)
        given = msgspec.structs.replace(paper, at=at)
        signature = self._signature(transaction_of(given, place + 1, kind="REPRODUCTION"), register, previous)
        (before,) = tx.db.execute(_AGAIN, (register,)).fetchone()
        about = (tx.business_date, at.isoformat())
        return PaperSigned("ca-qc", before + 1, "REPRODUCTION", *about, (), 0, 0, signature, of=paper.id.number)

    def beside(
        self, tx: Transaction, paper: FiscalPaper, kind: Literal["TRAINING", "BILL", "LEFT"], basket_us: int = 0
    ) -> PaperSigned:
        """The signing event of a paper that isn't a till receipt."""
        register = paper.id.register
        place, previous = chain_end(tx.db, "ca-qc", "ticket", register)
        held = kept_beside(paper)
        (before,) = tx.db.execute(_AGAIN, (register,)).fetchone()
        about = (before + 1, kind, tx.business_date, paper.at.isoformat())
        event = PaperSigned("ca-qc", *about, (), 0, 0, "", beside=held, basket_us=basket_us)
        signature = self._signature(transaction_of(again(register, event), place + 1, (), kind), register, previous)
        return msgspec.structs.replace(event, signature=signature)

    def places(self, db: Connection, register: str) -> int:
        """The number of a register's transactions."""
        return chain_end(db, "ca-qc", "ticket", register)[0]

    def place_waits(self, db: Connection, register: str, number: int) -> bool:
        """Whether the transaction at a place still waits for the service's answer."""
        row = db.execute(_STANDS, (register, number)).fetchone()
        return bool(self._settings.quebec.host and row and row[1] == "waits")

    def mark_beside(self, db: Connection, read: Read, register: str, place: int) -> dict[str, Any]:
        """The mark of a paper that isn't a till receipt. `replaces`: the number of earlier bills of the same basket."""
        seq, state, number, at = db.execute(_STANDS, (register, place)).fetchone()
        event = read(seq).event
        assert isinstance(event, PaperSigned)
        paper = again(register, event)
        one = transaction_of(paper, place, (), event.kind)
        return {
            "regime": "ca-qc",
            "signed": True,
            "beside": event.kind,
            "place": place,
            "replaces": len(db.execute(BILLS, (register, event.basket_us, place)).fetchall()),
            "transaction": number or one.number,
            "answered": state == "taken",
            "answered_at": at,
            "code": self._code(one, register, event.signature, self._previous(db, read, paper, place)),
        }

    def waits(self, db: Connection, register: str, number: int) -> bool:
        """Whether a paper's print must wait for the service's answer."""
        row = db.execute(_NEWEST, (register, number)).fetchone()
        return bool(self._settings.quebec.host and row and row[2] == "waits")

    def mark(self, db: Connection, read: Read, paper: FiscalPaper) -> dict[str, Any]:
        """The bill's mark: the service's number or a notice that it didn't answer, and the QR code."""
        row = db.execute(_NEWEST, (paper.id.register, paper.id.number)).fetchone()
        if row is None:
            return {"transaction": "", "answered": False, "code": ""}
        place, seq, state, number, at, _ = row
        event = read(seq).event
        assert isinstance(event, PaperSigned)
        paper = msgspec.structs.replace(paper, at=datetime.fromisoformat(event.at))
        one = transaction_of(paper, place, kind=event.kind)
        return {
            "transaction": number or one.number,
            "answered": state == "taken",
            "answered_at": at,
            "again": event.kind == "REPRODUCTION",
            "code": self._code(one, paper.id.register, event.signature, self._previous(db, read, paper, place)),
        }

    def _previous(self, db: Connection, read: Read, paper: FiscalPaper, place: int) -> str:
        row = db.execute(_AT_PLACE, (paper.id.register, place - 1)).fetchone()
        event = read(row[0]).event if row else None
        return event.signature if isinstance(event, PaperSigned) else ""

    def _signature(self, one: QuebecTransaction, register: str, previous: str) -> str:
        key = self._keys.key("ca-qc")
        return as_kept(sign_body(key, device_of(self._settings, register), one, signature_as_sent(previous)))

    def _code(self, one: QuebecTransaction, register: str, signature: str, previous: str) -> str:
        """The URL in the QR code; "" without the service's key, which encrypts it."""
        if self._service_key is None:
            return ""
        device, marks = device_of(self._settings, register), (signature_as_sent(signature), signature_as_sent(previous))
        return qr_address(self._settings.quebec.lookup, self._service_key, device, one, *marks, self._keys.fingerprint)

    @cached_property
    def _service_key(self) -> rsa.RSAPublicKey | None:
        path = self._settings.quebec.service_key
        try:
            key = load_pem_public_key(Path(path).read_bytes()) if path else None
        except (OSError, ValueError):
            return None
        return key if isinstance(key, rsa.RSAPublicKey) else None


def signature_as_sent(signature: str) -> str:
    """Convert a stored signature to the form in which it's sent."""
    return base64.b64encode(from_base64url(signature)).decode("ascii") if signature else ""


def as_kept(signature: str) -> str:
    """Convert a signature to the form stored in events."""
    return to_base64url(base64.b64decode(signature))
