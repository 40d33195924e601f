"""Preview of a history file before its import: columns, missing fields, conflicts."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.analytics.forecast.history.day_forms import DayForm
from edge.analytics.forecast.history.history_protocol import HistoryLook, HistoryQuestion
from edge.core.jobs.store import JobNote
from edge.core.process import child
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.ingest.commands import UPLOADS
from edge.lib.codes.gtin import normal
from edge.lib.errors import NeedsHuman

WAIT_S = 120
UNKNOWN_SHOWN = 20
_SKUS = "SELECT p.sku FROM json_each(?) j JOIN product p ON p.sku = j.value"
_CODES = """
    SELECT c.code, p.sku
    FROM json_each(?) j JOIN product_code c ON c.code = j.value JOIN product p ON p.id = c.product_id
"""
_BROUGHT = """
    SELECT count(*) FROM json_each(?) j JOIN demand_open o ON o.business_date = j.value WHERE o.papers = 0
        AND NOT EXISTS (
            SELECT 1 FROM demand_day d WHERE d.business_date = j.value AND (d.used <> 0 OR d.elsewhere <> 0))
"""


class HistoryPreview(msgspec.Struct, frozen=True):
    """A file's summary (see `HistoryLook`) compared with the shop's data.

    `unknown_products`: unknown products, some of them by name; `merged`: lines added to a product that is also listed
    under another code (a bottle and its box); `own_days`: days with the shop's own receipts; `brought_days`: days
    imported before, which are replaced. `form`: date format; `asks_form`: the user must choose it; `many`, `nothing`:
    lines with many units, and with none.
    """

    header: tuple[str, ...]
    columns: dict[str, str]
    missing: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    lines: int
    wrong: int
    summed: int
    count: int
    products: int
    first: str
    last: str
    unknown_products: int
    unknown: tuple[str, ...]
    merged: int
    own_days: int
    brought_days: int
    notes: tuple[JobNote, ...]
    form: DayForm
    asks_form: bool
    many: int
    nothing: int


def find_upload(path: str, folder: Path) -> Path:
    """The real path of an uploaded file. Raises `NeedsHuman` if it isn't among the uploads in the data `folder`,
    which also has keys and tokens.
    """
    real = Path(path).resolve()
    if not real.is_relative_to(folder.resolve() / UPLOADS):
        name = real.name[:80]
        raise NeedsHuman(f"{name} wasn't uploaded here.", "Upload it.", "forecast.not_here", {"file": name})
    return real


def look_at(path: str, columns: dict[str, str], form: DayForm, zone: str) -> HistoryLook:
    """Read a file in a separate process. Raises `NeedsHuman` if it's unreadable."""
    asked = msgspec.json.encode(HistoryQuestion(path, columns, True, form, zone))
    try:
        answered = child.ask("edge.analytics.forecast.history.history_reader", asked, WAIT_S)
        found = msgspec.json.decode(answered.splitlines()[0])
    except (child.ChildFailed, IndexError, msgspec.DecodeError):
        name = Path(path).name[:80]
        raise NeedsHuman(f"{name} can't be read.", "Save it as CSV.", "forecast.no_history", {"file": name}) from None
    if "why" in found:
        raise NeedsHuman(found["why"], "", found["key"], found["values"])
    return msgspec.convert(found, HistoryLook)


def days_of_papers(db: Connection) -> frozenset[str]:
    """The days with the shop's own receipts."""
    return frozenset(day for (day,) in db.execute("SELECT DISTINCT business_date FROM paper"))


def preview_history(db: Connection, look: HistoryLook) -> HistoryPreview:
    """Compare a file with the shop's data."""
    skus = {sku for (sku,) in db.execute(_SKUS, (json_text(look.products),))}
    codes: dict[str, str] = dict(db.execute(_CODES, (json_text(map(normal, look.products)),)).fetchall())
    meant = [codes.get(normal(one), one) for one in look.products]
    known = [sku for one, sku in zip(look.products, meant, strict=True) if one in skus or normal(one) in codes]
    unknown = [one for one in look.products if one not in skus and normal(one) not in codes]
    own = days_of_papers(db)
    return HistoryPreview(
        *(look.header, look.columns, look.missing, look.samples, look.lines, look.wrong, look.summed, look.count),
        *(len(look.products), look.days[0] if look.days else "", look.days[-1] if look.days else ""),
        *(len(unknown), tuple(unknown[:UNKNOWN_SHOWN]), len(known) - len(set(known))),
        sum(day in own for day in look.days),
        db.execute(_BROUGHT, (json_text(look.days),)).fetchone()[0],
        tuple(JobNote(*note, {}) for note in look.notes),
        look.form,
        look.asks_form,
        look.many,
        look.nothing,
    )
