"""What papers say of people. Print jobs are kept for a while, in backups, too: there it is ciphertext under the key of
whom it is about, and readable on the paper alone; with the person it goes from all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.shop.printing.document import Document, TemplateBlock

_TABLE = "print_job"


def sealed(db: Connection, person: str, said: Mapping[str, str]) -> dict[str, Any]:
    """Fields of a template's data that say something of a person, as they are kept. On the writer's connection."""
    ring = Keyring(db)
    return {"person": person, "sealed": {field: ring.seal(person, _TABLE, field, text) for field, text in said.items()}}


def readable(db: Connection, document: Document) -> Document:
    """The document as it is printed: what was sealed in it stands in its place; of who was forgotten it is empty."""
    ring = Keyring(db)
    rows = tuple(
        msgspec.structs.replace(row, data=_opened(ring, row.data)) if isinstance(row, TemplateBlock) else row
        for row in document.rows
    )
    return msgspec.structs.replace(document, rows=rows)


def _opened(ring: Keyring, value: Any) -> Any:
    match value:
        case {"person": str(person), "sealed": dict(fields), **rest}:
            said = {field: ring.open(person, _TABLE, field, text) or "" for field, text in fields.items()}
            return {**_opened(ring, rest), **said}
        case dict():
            return {key: _opened(ring, one) for key, one in value.items()}
        case list() | tuple():
            return [_opened(ring, one) for one in value]
        case _:
            return value
