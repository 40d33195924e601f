"""Records of product-type tables: strains with parents and terpenes, and effects of terpenes."""

from __future__ import annotations

import msgspec

from edge.backoffice.feeds.applying.enrichment import Strain, Terpene, plain_spelling
from edge.backoffice.feeds.reading.line_numbers import field_at, line_numbers
from edge.backoffice.feeds.reading.record_cells import KeyedRow, RecordCells
from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS

PERCENT_MOST = 100 * THOUSANDTHS
_STRAIN = "INSERT OR REPLACE INTO feed_strain (plain, name, body) VALUES (?, ?, ?)"
_EFFECT = "INSERT OR REPLACE INTO feed_effect (terpene, effect, weight) VALUES (?, ?, ?)"


class StrainRow(KeyedRow, frozen=True, tag="Strain"):
    """A strain: its parents ("": not stated), and the share of each terpene in thousandths of a percent."""

    strain: str
    mother: str
    father: str
    terpenes: tuple[Terpene, ...]

    @property
    def key(self) -> str:
        return plain_spelling(self.strain)


class EffectRow(KeyedRow, frozen=True, tag="EffectWeight"):
    """The weight of a terpene for an effect, in thousandths (1000: full)."""

    terpene: str
    effect: str
    weight: int

    @property
    def key(self) -> str:
        return f"{self.terpene}\x1f{self.effect}"


def strain_row(cells: RecordCells) -> StrainRow:
    """Convert a record's cells to a row."""
    terpenes = dict[str, int]()
    for n in line_numbers(cells, "Strain", needed=False):
        name, percent = field_at(cells, "terpene", n), field_at(cells, "percent", n)
        value = cells.thousandths(percent)
        if value is None:
            cells.note_missing(percent)
        elif value > PERCENT_MOST:
            cells.note(percent, "out_of_range", value=cells.text(percent) or "")
        terpenes[cells.key(name).casefold()] = value or 0
    if not cells.reasons and sum(terpenes.values()) > PERCENT_MOST:
        cells.note("percent", "out_of_range", value=str(sum(terpenes.values()) // THOUSANDTHS))
    found = tuple(Terpene(name, share) for name, share in sorted(terpenes.items()) if share)
    row = StrainRow(cells.key("strain"), cells.text("mother") or "", cells.text("father") or "", found)
    if row.strain and not row.key:
        cells.note("strain", "id_wrong", value=row.strain[:40])
    return row


def effect_row(cells: RecordCells) -> EffectRow:
    """Convert a record's cells to a row."""
    weight = cells.thousandths("weight")
    if weight is None:
        cells.note_missing("weight")
    elif weight > THOUSANDTHS:
        cells.note("weight", "out_of_range", value=cells.text("weight") or "")
    return EffectRow(cells.key("terpene").casefold(), cells.key("effect").casefold(), weight or 0)


def keep_table_row(db: Connection, row: StrainRow | EffectRow) -> None:
    """Store a table's row, replacing the row with the same key."""
    if isinstance(row, EffectRow):
        db.execute(_EFFECT, (row.terpene, row.effect, row.weight))
        return
    lineage = " x ".join(parent for parent in (row.mother, row.father) if parent)
    body = msgspec.json.encode(Strain(row.strain, lineage, row.terpenes)).decode()
    db.execute(_STRAIN, (row.key, row.strain, body))
