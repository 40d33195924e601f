"""Create the file's tables, views and descriptions with sqlite-utils, and its Datasette metadata."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from sqlite_utils import Database

from edge.core.storage.database import Connection
from edge.operations.shop_file import goods, papers, people, trade
from edge.operations.shop_file.layout import (
    ExportSource,
    ShopColumn,
    ShopTable,
    column,
    decimal_view,
    number,
)
from edge.operations.shop_file.views import VIEWS, ShopView

APPLICATION_ID = 0x65647366
"""`edsf` in ASCII: identifies the file (sqlite.org, pragma application_id)."""
STATE = "export_state"
SEARCHED = ("sku", "name", "names", "brand")
TOKENS = "unicode61 remove_diacritics 2"

_SHOP = ShopTable(
    "shop",
    "The shop this file belongs to.",
    (
        column("store", "Store id at head office."),
        column("tenant", "Tenant (company)."),
        column("device", "Box that wrote the journal."),
        column("currency", "Currency of the store.", "currency.code"),
        column("zone", "Time zone."),
    ),
    key=("store",),
)
_CURRENCY = ShopTable(
    "currency",
    "Currencies of the amounts.",
    (
        column("code", "ISO 4217."),
        number("digits", "Number of decimals."),
        number("factor", "Minor units per unit of the currency."),
    ),
    key=("code",),
)
_DESCRIPTION = ShopTable(
    "description",
    "Descriptions of tables, views and columns.",
    (
        column("table_name", "Table or view."),
        column("column_name", "Column; empty: the whole table."),
        column("what", "Meaning."),
        column("unit", "Unit; empty: none."),
    ),
    key=("table_name", "column_name"),
)
_STATE = ShopTable(
    STATE,
    "Export progress; the next export continues from here.",
    (
        column("layout", "Hash of the table layout."),
        number("with_people", "1: includes customers and cashiers."),
        number("epoch", "Epoch of the journal."),
        number("seq", "Last journal row included."),
        column("hash", "Hash of that row, hexadecimal."),
        column("made_us", "Time of the last export."),
        number("change_counter", "SQLite's change counter after the last export."),
    ),
    key=("layout",),
)


def tables(with_people: bool) -> tuple[ShopTable, ...]:
    """All tables with their columns, parents before the tables that reference them."""
    of_papers = tuple(
        msgspec.structs.replace(one, columns=(*one.columns, *papers.with_people(one))) if with_people else one
        for one in papers.TABLES
    )
    of_people = people.TABLES if with_people else ()
    return (_CURRENCY, _SHOP, *goods.TABLES, *trade.TABLES, *of_people, *of_papers, _DESCRIPTION, _STATE)


def views(with_people: bool) -> list[ShopView]:
    """Return the common views, and a readable view for each table with sums, quantities or times."""
    shown = [(one, decimal_view(one)) for one in tables(with_people) if one.name != STATE]
    what = "The table {} with amounts and quantities as decimals and times as ISO 8601 in UTC."
    return [
        *VIEWS,
        *(ShopView(f"{one.name}_decimal", what.format(one.name), select) for one, select in shown if select),
    ]


def layout(with_people: bool) -> str:
    """Return a short description of the tables, which differs between versions."""
    told = [(one.name, one.key, [(c.name, c.to, c.type.__name__) for c in one.columns]) for one in tables(with_people)]
    shown = [(one.name, one.select) for one in views(with_people)]
    return hashlib.sha256(msgspec.json.encode([told, shown])).hexdigest()[:16]


def make(out: Connection, with_people: bool) -> None:
    """Create all tables, indexes and views, and full-text search of products, in an empty file."""
    db = Database(out)
    out.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for one in tables(with_people):
        key = one.key[0] if len(one.key) == 1 else one.key
        refers: list[tuple[str, str, str]] = []
        for c in one.columns:
            if c.to:
                parent, _, column_of_it = c.to.partition(".")
                refers.append((c.name, parent, column_of_it))
        types = {c.name: c.type for c in one.columns}
        if one is goods.PRODUCT:  # the full-text index needs ids that don't change when the file is compacted
            types, key = {"id": int, **types}, "id"
        db.table(one.name).create(types, pk=key, foreign_keys=refers)
        if one is goods.PRODUCT:
            db.table(one.name).create_index(one.key, unique=True)
        for names in one.indexes:
            db.table(one.name).create_index(names)
    for view in views(with_people):
        db.create_view(view.name, view.select)
    db.table(goods.PRODUCT.name).enable_fts(SEARCHED, fts_version="FTS5", tokenize=TOKENS)
    out.executemany(_DESCRIPTION.insert, list(_descriptions(out, with_people)))


def write_shop(out: Connection, whose: tuple[str, str, str], ledger: ExportSource) -> None:
    """Write the file's owner: tenant, store and device."""
    tenant, store, device = whose
    out.execute("DELETE FROM shop")
    out.execute(_SHOP.insert, (store, tenant, device, ledger.currency, ledger.zone))


def _descriptions(out: Connection, with_people: bool) -> Any:
    every = {one.name: one for one in tables(with_people)}
    for one in every.values():
        yield one.name, "", one.what, ""
        yield from ((one.name, c.name, c.what, c.unit) for c in one.columns)
    for view in views(with_people):
        yield view.name, "", view.what, ""
        of = every.get(view.name.removesuffix("_decimal"))
        known = {name: c for c in (of.columns if of else ()) for name in (c.name, _display_name(c))}
        for _, name, *_ in out.execute(f"PRAGMA table_info({view.name})").fetchall():
            said = known.get(name) or ShopColumn(name, _OF_VIEWS.get(name, ""))
            yield view.name, name, said.what, _UNITS_SHOWN.get(_ending(said), said.unit) if of else said.unit


def _display_name(one: ShopColumn) -> str:
    """The column's name in a readable view."""
    return one.name.removesuffix(_ending(one))


def _ending(one: ShopColumn) -> str:
    if one.name.endswith("_percent_milli"):
        return "_milli"
    return next((end for end in ("_minor", "_milli", "_us") if one.name.endswith(end)), "")


_UNITS_SHOWN = {
    "_minor": "the row's currency",
    "_milli": "the product's unit, or percent",
    "_us": "ISO 8601, UTC",
}
_OF_VIEWS = {
    "sku": "The product.",
    "name": "Name.",
    "category": "Category.",
    "unit": "Sales unit.",
    "currency": "ISO 4217.",
    "business_date": "Business day.",
    "month": "Month, such as 2027-01.",
    "sales": "Number of sales.",
    "refunds": "Number of refunds.",
    "voids": "Number of voided sales and refunds.",
    "taken_minor": "Total takings.",
    "taken": "Total takings, in the currency.",
    "quantity": "Quantity in the product's unit.",
    "amount_minor": "Amount.",
    "amount": "Amount, in the currency.",
    "tender": "Payment method.",
    "on_hand": "Quantity on hand, in the product's unit.",
    "average_cost": "Average unit cost, in the currency.",
    "value_minor": "Stock value.",
    "value": "Stock value, in the currency.",
    "supplier": "Supplier.",
    "deliveries": "Number of delivery notes.",
    "cost_minor": "Cost.",
    "cost": "Cost, in the currency.",
}


def metadata(name: str, with_people: bool) -> bytes:
    """Datasette metadata for a file called `name` (docs.datasette.io, metadata): the meaning of each table and
    column."""
    shown: dict[str, Any] = {
        one.name: {
            "description": one.what,
            "columns": {c.name: f"{c.what} ({c.unit})" if c.unit else c.what for c in one.columns},
        }
        for one in tables(with_people)
    }
    shown |= {view.name: {"description": view.what} for view in views(with_people)}
    shown["product"] |= {"fts_table": "product_fts", "fts_pk": "id", "label_column": "name"}
    found = {"title": "The shop", "databases": {name: {"tables": shown}}}
    return msgspec.json.format(msgspec.json.encode(found), indent=2)
