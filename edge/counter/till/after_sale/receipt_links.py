"""The address of a receipt for a customer's phone: an unguessable digest of its journal row."""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import quote

from edge.core.journal.rows import read_rows
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings


def secret_of(row_hash: bytes) -> str:
    """The secret in the receipt address of a journal row."""
    return blake2b(row_hash, digest_size=10, person=b"edge-receipt").hexdigest()


def path_of(db: Connection, register: str, number: int) -> str:
    """The path of a receipt; empty if there is no such number."""
    receipt = read_receipt(db, register, number)
    if receipt is None:
        return ""
    (row,) = read_rows(db, receipt.seq, 1)
    return f"/receipt/{quote(register, safe='')}-{number}/{secret_of(row.hash)}"


def proof_of(db: Connection, settings: TillSettings, register: str, number: int) -> str:
    """The content of the QR code on a printed sale, in a shop with `proof_at`."""
    return settings.proof_at + path_of(db, register, number)
