"""What papers say of people, customers and staff. Print jobs are kept for a while, in backups, too: there it is
ciphertext under the key of whom it is about, and readable on the paper alone; with the person it goes from all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.access.queries import name_of
from edge.shop.printing.document import Document, TemplateBlock

Named = str | dict[str, str]
"""What somebody is called, as it stands in the data of a template that is kept: sealed, where it is a person's name."""
_TABLE = "print_job"
_UNSEALED = """
    DELETE FROM print_job
    WHERE kind IN ('order', 'cash', 'shift', 'report', 'training', 'alert') AND state NOT IN ('queued', 'sending')
    AND instr(document, '"sealed"') = 0
"""


def sealed(db: Connection, person: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Fields of a template's data that say something of a person, as they are kept. On the writer's connection."""
    ring = Keyring(db)
    return {"person": person, "sealed": {field: ring.seal(person, _TABLE, field, text) for field, text in said.items()}}


def sealed_name(db: Connection, user: str) -> Named:
    """What people call a user (`access.queries.name_of`), as it is kept. On the writer's connection; who has no key (a
    program, whoever has the set-up PIN) is called by no name of a person, and stands there as it is."""
    ring, name = Keyring(db), name_of(db, user)
    if name == user or ring.key(user) is None:
        return name
    return {"person": user, "sealed": ring.seal(user, _TABLE, "name", name)}


def forget_on_papers(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`): papers that may have anybody's name in clear, as
    those of alerts do, and all from before names were sealed on them. Whether it knew them: never."""
    tx.db.execute(_UNSEALED)
    return False


def readable(db: Connection, document: Document) -> Document:
    """The document as it is printed: what was sealed in it stands in its place. Of who was forgotten it is empty; one
    of the staff is called by their id."""
    ring = Keyring(db)
    rows = tuple(
        msgspec.structs.replace(row, data=_opened(ring, row.data)) if isinstance(row, TemplateBlock) else row
        for row in document.rows
    )
    return msgspec.structs.replace(document, rows=rows)


def _opened(ring: Keyring, value: Any) -> Any:
    match value:
        case {"person": str(person), "sealed": str(name)}:
            return ring.open(person, _TABLE, "name", name) or person
        case {"person": str(person), "sealed": dict(fields), **rest}:
            said = {field: ring.open(person, _TABLE, field, text) or "" for field, text in fields.items()}
            return {**_opened(ring, rest), **said}
        case dict():
            return {key: _opened(ring, one) for key, one in value.items()}
        case list() | tuple():
            return [_opened(ring, one) for one in value]
        case _:
            return value
