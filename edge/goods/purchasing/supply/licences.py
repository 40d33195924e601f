"""Suppliers' licences to sell cannabis, compared with a regulator's register.

Local state, read from the register's file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing.entities import SUPPLIERS

LicenceStatus = Literal["valid", "suspended", "revoked", "expired"]
_KEEP = """
    INSERT INTO licence_register (plain, number, holder, status, until) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (plain) DO UPDATE SET number = excluded.number, holder = excluded.holder, status = excluded.status,
        until = excluded.until
"""
_FIND = "SELECT number, holder, status, until FROM licence_register WHERE plain = ?"

_QUESTIONS = {
    "missing": "licence_missing",
    "unknown": "licence_unknown",
    "expired": "licence_expired",
    "suspended": "licence_suspended",
    "revoked": "licence_revoked",
}


class Licence(msgspec.Struct, frozen=True):
    """A licence in a register; `until`: its last valid day ("": not stated)."""

    number: str
    holder: str
    status: LicenceStatus
    until: str


class LicenceFault(msgspec.Struct, frozen=True):
    """The reason cannabis shouldn't be bought from a supplier: a key of `words`, section `licence`, with its values."""

    key: Literal["missing", "unknown", "expired", "suspended", "revoked"]
    values: Mapping[str, str]


def keep_licence(db: Connection, licence: Licence) -> None:
    """Store a licence as currently listed in the register."""
    db.execute(_KEEP, (plain_licence(licence.number), *msgspec.structs.astuple(licence)))


def ask_licence(tx: Transaction, supplier: str, skus: Collection[str]) -> None:
    """Ask for confirmation before these products are received, if one of them is cannabis and the supplier's licence
    has a problem.
    """
    if fault := licence_fault(tx.db, supplier, skus, tx.business_date):
        known = SUPPLIERS.find(tx.db, supplier, ended=True)
        called = next(iter(known.names.values()), supplier) if known else supplier
        tx.ask(_QUESTIONS[fault.key], {"supplier": called, **fault.values}, supplier)


def licence_fault(db: Connection, supplier: str, skus: Collection[str], today: str) -> LicenceFault | None:
    """The problem with a supplier's licence if one of these products is cannabis; None if it is valid, or without a
    register.
    """
    if db.execute("SELECT 1 FROM licence_register LIMIT 1").fetchone() is None or not _is_cannabis(db, skus):
        return None
    return fault_of(db, supplier, today)


def fault_of(db: Connection, supplier: str, today: str) -> LicenceFault | None:
    """The problem with a supplier's licence according to the register; None if it is valid."""
    known = SUPPLIERS.find(db, supplier, ended=True)
    number = known.licence if known else ""
    if not number:
        return LicenceFault("missing", {})
    row = db.execute(_FIND, (plain_licence(number),)).fetchone()
    if row is None:
        return LicenceFault("unknown", {"licence": number})
    found = Licence(*row)
    if found.status == "expired" or (found.until and found.until < today):
        return LicenceFault("expired", {"licence": found.number, "date": found.until or "–"})
    return None if found.status == "valid" else LicenceFault(found.status, {"licence": found.number})


def plain_licence(number: str) -> str:
    """A licence number in lower case, without spaces and hyphens.

    >>> plain_licence("LIC-8Q 12x")
    'lic8q12x'
    """
    return "".join(sign for sign in number.casefold() if sign.isalnum())


def _is_cannabis(db: Connection, skus: Collection[str]) -> bool:
    goods = read_products(db, sorted(set(skus))).values()
    return any("cannabis" in kinds_with_parts(db, product) for _, product, _ in goods)
