"""Personal data in print jobs.

Jobs are stored for a while, also in backups. The data is encrypted with the person's key, readable only on the printed
document, and lost when the person is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from edge.core.people.remarks import Remarks
from edge.core.people.sealing import Keyring, is_forgotten
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.errors import NeedsHuman

Named = str | dict[str, str]
"""A name in a template's stored data; a person's name is encrypted."""
_TABLE = "print_job"
_CLEAR = "instr(document, '\"sealed\"') = 0"
_SETTLED = f"""
    DELETE FROM print_job
    WHERE kind IN ('order', 'cash', 'shift', 'report', 'training', 'alert')
    AND state IN ('sent', 'printed') AND {_CLEAR}
"""
"""Deletes printed documents whose kind may name a person and whose data isn't encrypted.

Failed and uncertain jobs stay, because a person must still check them.
"""
_NAMED = f"""
    DELETE FROM print_job
    WHERE kind IN ('cash', 'shift', 'report', 'training', 'alert') AND {_CLEAR} AND instr(document, CAST(? AS BLOB))
"""
_ORDERS = f"SELECT id, document FROM print_job WHERE kind = 'order' AND {_CLEAR}"
_SAID = {"name": "", "phone": "", "address": "", "note": ""}


class NotReadable(NeedsHuman):
    """A document's personal data can't be decrypted, although the person wasn't forgotten."""


def seal_fields(db: Connection, person: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Seal personal fields of a template's data. Requires the writer's connection."""
    ring = Keyring(db)
    return {"person": person, "sealed": {field: ring.seal(person, _TABLE, field, text) for field, text in said.items()}}


def sealed_name(db: Connection, user: str) -> Named:
    """Return the sealed name of a user (`access.queries.name_of`). Requires the writer's connection. Users without a
    key (programs, the set-up PIN) have no personal name, so theirs stays in plain text."""
    ring, name = Keyring(db), name_of(db, user)
    if name == user or ring.key(user) is None:
        return name
    return {"person": user, "sealed": ring.seal(user, _TABLE, "name", name)}


def forget_on_papers(tx: Transaction, person: str) -> bool:
    """Handle a forgotten person (`people.forgetting.Forgetter`) while their name is known. Deletes unsealed documents
    that name them, and all printed ones, because these may name them. Always returns False."""
    tx.db.execute(_SETTLED)
    name = name_of(tx.db, person)
    if name != person:
        tx.db.execute(_NAMED, (msgspec.json.encode(name)[1:-1],))
    return False


def blank_on_orders(db: Connection, is_theirs: Callable[[dict[str, Any]], bool]) -> None:
    """Remove customer data from order documents that predate sealing, in any state. `is_theirs`: matches an order as
    printed."""
    for id, document in db.execute(_ORDERS).fetchall():
        found = msgspec.json.decode(document)
        data = [row["data"] for row in found["rows"] if "data" in row]
        theirs = [order for one in data for order in (one.get("order"), *one.get("orders", ())) if order]
        theirs = [order for order in theirs if is_theirs(order)]
        for order in theirs:
            order.update(_SAID)
        if theirs:
            db.execute("UPDATE print_job SET document = ? WHERE id = ?", (msgspec.json.encode(found), id))


def readable(db: Connection, document: Document) -> Document:
    """Return the document with decrypted data for printing. Forgotten customers and remarks without a key are blank;
    forgotten staff appear by id. Raises `NotReadable` if a person who isn't forgotten would be blank."""
    ring, remarks = Keyring(db), Remarks(db)
    rows = tuple(
        msgspec.structs.replace(row, data=_open_sealed(db, ring, remarks, row.data))
        if isinstance(row, TemplateBlock)
        else row
        for row in document.rows
    )
    return msgspec.structs.replace(document, rows=rows)


def _open_sealed(db: Connection, ring: Keyring, remarks: Remarks, value: Any) -> Any:
    match value:
        case {"person": str(person), "sealed": str(name)}:
            return ring.open(person, _TABLE, "name", name) or person
        case {"person": str(person), "sealed": dict(fields), **rest}:
            said = {field: ring.open(person, _TABLE, field, text) for field, text in fields.items()}
            if None in said.values() and not is_forgotten(db, person):
                raise NotReadable(
                    "The personal data on this document can't be read at the moment.", "See `edge person show`."
                )
            return {**_open_sealed(db, ring, remarks, rest), **{field: text or "" for field, text in said.items()}}
        case dict():
            return {key: _open_sealed(db, ring, remarks, one) for key, one in value.items()}
        case list() | tuple():
            return [_open_sealed(db, ring, remarks, one) for one in value]
        case str():
            return remarks.read(value)
        case _:
            return value
