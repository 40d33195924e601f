"""Licences in a regulator's register: read a record, and store it."""

from __future__ import annotations

from collections.abc import Mapping

from edge.backoffice.feeds.reading.record_cells import KeyedRow, RecordCells
from edge.core.storage.database import Connection
from edge.goods.purchasing.supply.licences import Licence, LicenceStatus, keep_licence, plain_licence

HOLDER_CHARS = 200
_STATUS: Mapping[str, LicenceStatus] = {
    **dict.fromkeys(("valid", "active", "issued", "current", "licensed", "licenced", "in force"), "valid"),
    **dict.fromkeys(("valide", "actif", "active", "en vigueur", "délivrée", "תקף", "בתוקף", "פעיל"), "valid"),
    **dict.fromkeys(("suspended", "inactive", "suspendu", "suspendue", "מושעה", "מותלה"), "suspended"),
    **dict.fromkeys(("revoked", "cancelled", "canceled", "surrendered", "terminated"), "revoked"),
    **dict.fromkeys(("révoqué", "révoquée", "annulé", "annulée", "מבוטל", "נשלל"), "revoked"),
    **dict.fromkeys(("expired", "lapsed", "expiré", "expirée", "échue", "פג", "פג תוקף"), "expired"),
}


class LicenceRow(KeyedRow, frozen=True, tag="Licence"):
    """A licence by its number, with its holder. `until`: its last day ("": not stated)."""

    number: str
    holder: str
    status: LicenceStatus
    until: str

    @property
    def key(self) -> str:
        return plain_licence(self.number)


def licence_row(cells: RecordCells) -> LicenceRow:
    """Convert a record's cells to a row. Without a status, the licence is valid through its last day."""
    said = cells.text("status") or "valid"
    status = _STATUS.get(said.casefold())
    if status is None:
        cells.note("status", "status_unknown", value=said)
    number = cells.key("licence")
    if number and not plain_licence(number):
        cells.note("licence", "id_wrong", value=number[:40])
    return LicenceRow(number, cells.text("holder", HOLDER_CHARS) or "", status or "revoked", cells.day("until"))


def keep_licence_row(db: Connection, row: LicenceRow) -> None:
    """Store the licence in the shop's copy of the register."""
    keep_licence(db, Licence(row.number, row.holder, row.status, row.until))
