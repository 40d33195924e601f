"""Which column of a file is which field of a record. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from edge.core.messages import Refusal
from edge.shop.feeds.connector import EntityType

Decimal = Literal["point", "comma"]

FIELDS: Mapping[EntityType, Mapping[str, tuple[str, ...]]] = {
    "Inventory": {
        "sku": ("sku", "code", "barcode", "gtin", "ean", "item", "produit", "référence", "ברקוד", "פריט"),
        "quantity": ("quantity", "qty", "on_hand", "counted", "quantité", "stock", "כמות"),
        "location": ("location", "place", "warehouse", "emplacement", "lieu", "מיקום"),
        "counted_at": ("counted_at", "counted at", "timestamp", "date", "compté le", "תאריך"),
    },
    "Supplier": {
        "supplier_id": ("supplier_id", "supplier", "vendor_id", "vendor", "id", "fournisseur", "ספק"),
        "name": ("name", "supplier_name", "vendor_name", "nom", "שם"),
        "rating": ("rating", "note", "דירוג"),
        "lead_time_days": ("lead_time_days", "lead_time", "délai", "זמן אספקה"),
        "minimum_order": ("minimum_order", "minimum", "minimum de commande", "הזמנה מינימלית"),
        "delivery_fee": ("delivery_fee", "fee", "frais de livraison", "דמי משלוח"),
        "currency": ("currency", "devise", "מטבע"),
    },
    "SupplierPrice": {
        "supplier_id": ("supplier_id", "supplier", "vendor_id", "vendor", "fournisseur", "ספק"),
        "sku": ("sku", "code", "barcode", "gtin", "ean", "item", "produit", "référence", "ברקוד", "פריט"),
        "cost": ("cost", "price", "unit_cost", "unit_price", "prix", "coût", "מחיר", "עלות"),
        "currency": ("currency", "devise", "מטבע"),
        "supplier_code": ("supplier_code", "vendor_code", "their_code", "référence fournisseur", 'מק"ט ספק'),
        "pack": ("pack", "pack_size", "colis", "מארז"),
        "min_packs": ("min_packs", "minimum_packs", "minimum de colis", "מינימום מארזים"),
        "from": ("from", "valid_from", "à partir du", "מתאריך"),
        "until": ("until", "valid_until", "jusqu'au", "עד תאריך"),
    },
}
"""The fields of each kind of record, and what a column may be called without a mapping, in small letters. What a record
says of a person is none of them: contacts are entered by hand, where they are sealed."""
KEYS: Mapping[EntityType, tuple[str, ...]] = {
    "Inventory": ("sku", "quantity"),
    "Supplier": ("supplier_id",),
    "SupplierPrice": ("supplier_id", "sku", "cost"),
}
"""Fields without which a file says nothing."""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping: `columns` gives a header its field, `values` what all records say that the file does not. `decimal`:
    how numbers are written; without it "12,50" and "12.50" are both read, and "1,250" is not."""

    decimal: Decimal | None = None
    columns: Mapping[str, str] = {}
    values: Mapping[str, Annotated[str, msgspec.Meta(max_length=200)]] = {}


def layout_of(text: str, entity: EntityType) -> Layout:
    """The mapping that a TOML text is. `Refusal`: it is none, or names a field that such records do not have."""
    try:
        layout = msgspec.convert(tomllib.loads(text), Layout)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refusal("feed_mapping_wrong", {"why": str(error)[:200]}) from error
    for field in (*layout.columns.values(), *layout.values):
        if field not in FIELDS[entity]:
            raise Refusal("feed_field_unknown", {"field": field[:80], "fields": ", ".join(FIELDS[entity])})
    return layout


def places_of(layout: Layout, entity: EntityType, header: Sequence[str]) -> dict[str, int]:
    """Where the fields stand in a row. `Refusal`: columns are missing that the mapping or the key needs."""
    if layout.columns:
        if missing := [column for column in layout.columns if column not in header]:
            raise Refusal("layout_changed", {"columns": ", ".join(missing)[:200]})
        places = {field: header.index(column) for column, field in layout.columns.items()}
    else:
        small = [column.strip().casefold() for column in header]
        found = ((field, next((n for n in names if n in small), None)) for field, names in FIELDS[entity].items())
        places = {field: small.index(name) for field, name in found if name is not None}
    if lacking := [field for field in KEYS[entity] if field not in places and field not in layout.values]:
        raise Refusal("no_key_column", {"columns": ", ".join(lacking)})
    return places
