"""Mapping of a file's columns to record fields. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from edge.backoffice.feeds.connector import EntityType
from edge.core.messages import Refusal
from edge.goods.ingest.mapping.cell_parsers import SYMBOLS
from edge.goods.ingest.mapping.heading_currency import check_heading, currency_of, without_currency

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
        "retired": ("retired", "archived", "disabled", "archivé", "בארכיון"),
    },
    "SupplierPrice": {
        "supplier_id": ("supplier_id", "supplier", "vendor_id", "vendor", "fournisseur", "ספק"),
        "sku": ("sku", "code", "barcode", "gtin", "ean", "item", "produit", "référence", "ברקוד", "פריט"),
        "cost": ("cost", "price", "unit_cost", "unit_price", "prix", "coût", "מחיר", "עלות"),
        "currency": ("currency", "devise", "מטבע"),
        "supplier_code": ("supplier_code", "vendor_code", "their_code", "référence fournisseur", 'מק"ט ספק'),
        "pack": ("pack", "pack_size", "colis", "מארז", "אריזה"),
        "min_packs": ("min_packs", "minimum_packs", "minimum de colis", "מינימום מארזים", "מינימום אריזות"),
        "from": ("from", "valid_from", "à partir du", "מתאריך"),
        "until": ("until", "valid_until", "jusqu'au", "עד תאריך"),
    },
    "BOM": {
        "bom_id": ("bom_id", "bom", "bill", "nomenclature", "עץ מוצר"),
        "sku": ("sku", "sku_id", "product", "item", "produit", "פריט"),
        "makes": ("makes", "bom_quantity", "produit_quantité", "כמות תוצרת"),
        "yield_percent": ("yield_percent", "yield", "rendement", "תפוקה"),
        "extra_cost": ("extra_cost", "operating_cost", "coût supplémentaire", "עלות נוספת"),
        "from": ("from", "valid_from", "à partir du", "מתאריך"),
        "is_active": ("is_active", "active", "actif", "פעיל"),
        "component": ("component", "component_sku_id", "component_sku", "item_code", "composant", "רכיב"),
        "quantity": ("quantity", "quantity_per_unit", "qty", "quantité", "כמות"),
        "measure": ("measure", "uom", "mesure", "יחידה"),
    },
    "WorkOrder": {
        "work_order_id": ("work_order_id", "work_order", "ordre", "הוראת עבודה", "פקודת עבודה"),
        "sku": ("sku", "sku_id", "product", "production_item", "produit", "פריט"),
        "quantity": ("quantity", "qty", "quantité", "כמות"),
        "status": ("status", "state", "statut", "מצב"),
        "start": ("start", "scheduled_start", "planned_start_date", "début", "התחלה"),
        "due": ("due", "due_on", "scheduled_end", "échéance", "יעד"),
        "from_location": ("from_location", "from", "source", "depuis", "ממקום"),
        "to_location": ("to_location", "to", "target", "vers", "למקום"),
        "good": ("good", "produced", "produced_qty", "bons", "תקינים"),
        "scrap": ("scrap", "rebut", "פסולים"),
    },
    "SalesOrder": {
        "sales_order_id": ("sales_order_id", "sales_order", "order_id", "commande", "הזמנה"),
        "customer_id": ("customer_id", "customer", "client", "לקוח"),
        "status": ("status", "state", "statut", "מצב"),
        "location": ("location", "place", "warehouse", "emplacement", "lieu", "מיקום"),
        "due": ("due", "due_on", "delivery_date", "échéance", "יעד"),
        "sku": ("sku", "sku_id", "code", "item", "item_code", "produit", "פריט"),
        "quantity": ("quantity", "qty", "quantité", "כמות"),
        "price": ("price", "unit_price", "rate", "prix", "מחיר"),
    },
    "SalesHistory": {
        "day": ("day", "date", "business_date", "jour", "תאריך"),
        "sku": ("sku", "sku_id", "code", "barcode", "gtin", "ean", "item", "produit", "ברקוד", "פריט"),
        "location": ("location", "place", "warehouse", "store", "emplacement", "lieu", "מיקום"),
        "sold": ("sold", "quantity", "qty", "units", "quantité", "vendu", "כמות", "נמכר"),
        "returned": ("returned", "returns", "retours", "הוחזר"),
        "wasted": ("wasted", "waste", "pertes", "פחת"),
        "revenue": ("revenue", "sales", "turnover", "amount", "montant", "הכנסה"),
    },
    "PosSale": {
        "transaction_id": ("transaction_id", "transaction", "sale", "receipt", "ticket", "עסקה", "קבלה"),
        "pos": ("pos", "till", "terminal", "caisse", "קופה"),
        "at": ("at", "sold_at", "timestamp", "date", "vendu le", "תאריך"),
        "version": ("version", "revision", "גרסה"),
        "kind": ("kind", "type", "genre", "סוג"),
        "location": ("location", "place", "store", "emplacement", "lieu", "מיקום"),
        "currency": ("currency", "devise", "מטבע"),
        "total": ("total", "amount", "montant", "סכום"),
        "refund_of": ("refund_of", "original", "ticket d'origine", "זיכוי של"),
        "restock": ("restock", "remis en stock", "חזרה למלאי"),
        "item": ("item", "sku", "product", "article", "produit", "פריט"),
        "item_name": ("item_name", "name", "description", "nom", "שם"),
        "item_code": ("item_code", "code", "barcode", "gtin", "ean", "code-barres", "ברקוד"),
        "quantity": ("quantity", "qty", "quantité", "כמות"),
        "unit": ("unit", "uom", "unité", "יחידה"),
        "line_total": ("line_total", "line amount", "total ligne", "סכום שורה"),
    },
    "Invoice": {
        "invoice_number": ("invoice_number", "invoice", "number", "facture", "חשבונית"),
        "supplier_id": ("supplier_id", "supplier", "vendor_id", "vendor", "fournisseur", "ספק"),
        "date": ("date", "invoice_date", "bill_date", "תאריך"),
        "due": ("due", "due_date", "échéance", "לתשלום עד"),
        "name": ("name", "supplier_name", "vendor_name", "nom", "שם"),
        "currency": ("currency", "devise", "מטבע"),
        "order": ("order", "purchase_order", "commande", "הזמנה"),
        "delivery_note": ("delivery_note", "bon de livraison", "תעודת משלוח"),
        "net": ("net", "net_total", "subtotal", "total ht", "לפני מעמ"),
        "tax": ("tax", "vat", "tva", "מעמ"),
        "total": ("total", "grand_total", "total ttc", "סהכ"),
        "sku": ("sku", "our_code", "notre code", "קוד שלנו"),
        "item_code": ("item_code", "supplier_code", "référence", "קוד ספק"),
        "gtin": ("gtin", "barcode", "ean", "code-barres", "ברקוד"),
        "item_name": ("item_name", "description", "libellé", "תיאור"),
        "quantity": ("quantity", "qty", "quantité", "כמות"),
        "unit": ("unit", "uom", "unité", "יחידה"),
        "unit_price": ("unit_price", "price", "prix", "מחיר"),
        "line_total": ("line_total", "line amount", "total ligne", "סכום שורה"),
        "tax_rate": ("tax_rate", "vat_rate", "taux tva", "שיעור מעמ"),
    },
    "RivalPrice": {
        "competitor": ("competitor", "rival", "shop", "store", "concurrent", "magasin", "מתחרה"),
        "sku": ("gtin", "barcode", "ean", "code", "sku", "code-barres", "ברקוד", "פריט"),
        "name": ("name", "title", "product", "nom", "produit", "שם", "שם מוצר"),
        "price": ("price", "prix", "מחיר"),
        "currency": ("currency", "devise", "מטבע"),
        "in_stock": ("in_stock", "stock", "availability", "disponibilité", "במלאי"),
        "seen_at": ("seen_at", "scraped_at", "timestamp", "vu le", "נראה"),
        "url": ("url", "link", "address", "lien", "כתובת"),
    },
    "Strain": {
        "strain": ("strain", "name", "variété", "nom", "זן"),
        "mother": ("mother", "parent_1", "parent 1", "mère", "אם"),
        "father": ("father", "parent_2", "parent 2", "père", "אב"),
        "terpene": ("terpene", "terpène", "טרפן"),
        "percent": ("percent", "share", "pourcentage", "אחוז"),
    },
    "EffectWeight": {
        "terpene": ("terpene", "terpène", "טרפן"),
        "effect": ("effect", "effet", "השפעה"),
        "weight": ("weight", "poids", "משקל"),
    },
    "Recall": {
        "sku": ("sku", "code", "barcode", "gtin", "ean", "upc", "item", "produit", "code-barres", "ברקוד", "פריט"),
        "lot": ("lot", "batch", "lot_number", "batch_number", "numéro de lot", "אצווה"),
        "reason": ("reason", "hazard", "note", "motif", "danger", "סיבה"),
        "lifted": ("lifted", "closed", "ended", "levé", "terminé", "בוטל"),
    },
    "Licence": {
        "licence": (
            *("licence", "license", "licence_number", "license_number", "licence number", "license number"),
            *("licence no", "license no", "permit", "numéro de licence", "numéro de permis", "permis", "מספר רישיון"),
        ),
        "holder": ("holder", "licence holder", "license holder", "company", "name", "titulaire", "nom", "בעל רישיון"),
        "status": ("status", "state", "statut", "מצב"),
        "until": (
            "until",
            "valid_until",
            "expires",
            "expiry",
            "expiry date",
            "expiration date",
            "échéance",
            "בתוקף עד",
        ),
    },
}
"""Fields by record type, with the headings recognised without a mapping, in lower case. Personal data isn't included:
contacts are entered by hand and encrypted."""
KEYS: Mapping[EntityType, tuple[str, ...]] = {
    "Inventory": ("sku", "quantity"),
    "Supplier": ("supplier_id",),
    "SupplierPrice": ("supplier_id", "sku", "cost"),
    "BOM": ("bom_id", "sku", "component", "quantity"),
    "WorkOrder": ("work_order_id", "sku", "quantity"),
    "SalesOrder": ("sales_order_id", "customer_id", "sku", "quantity"),
    "SalesHistory": ("day", "sku", "sold"),
    "PosSale": ("transaction_id", "pos", "at"),
    "Invoice": ("invoice_number", "supplier_id", "date", "total"),
    "RivalPrice": ("competitor", "price"),
    "Strain": ("strain",),
    "EffectWeight": ("terpene", "effect", "weight"),
    "Recall": ("sku", "lot"),
    "Licence": ("licence",),
}
"""Required fields by record type. By default, the first is the id of a record with lines (see `JOINED_BY`)."""
LINE_FIELDS: Mapping[EntityType, tuple[str, ...]] = {
    "BOM": ("component", "quantity", "measure"),
    "SalesOrder": ("sku", "quantity", "price"),
    "PosSale": ("item", "item_name", "item_code", "quantity", "unit", "line_total"),
    "Invoice": (
        *("sku", "item_code", "gtin", "item_name", "quantity", "unit", "unit_price", "line_total", "tax_rate"),
    ),
    "Strain": ("terpene", "percent"),
}
"""Record types with lines, one per row of the file, and the fields of a line. The record numbers these fields
("component.2")."""
JOINED_BY: Mapping[EntityType, tuple[str, ...]] = {
    "PosSale": ("transaction_id", "pos", "version", "kind"),
    "Invoice": ("invoice_number", "supplier_id"),
}
"""Fields by which rows are joined into one record, if not just the first of `KEYS`."""
LINES_MOST = 400
"""Maximum lines per record."""
MONEY = frozenset(
    (
        *("minimum_order", "delivery_fee", "cost", "extra_cost", "price", "revenue", "total", "line_total"),
        *("net", "tax", "unit_price"),
    )
)
"""Fields that are amounts of money."""


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping. `columns`: from header to field; `values`: constants for all records. `decimal`: the decimal
    separator. Without it, both "12,50" and "12.50" are read, but "1,250" is not. `report`: the report to fetch from a
    system with custom reports (`REPORTS`)."""

    decimal: Decimal | None = None
    report: str = ""
    columns: Mapping[str, str] = {}
    values: Mapping[str, Annotated[str, msgspec.Meta(max_length=200)]] = {}


def layout_of(text: str, entity: EntityType) -> Layout:
    """Parse a mapping from TOML. Raises `Refusal` if it's invalid, or names a field that these records don't have."""
    try:
        layout = msgspec.convert(tomllib.loads(text), Layout)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Refusal("feed_mapping_wrong", {"why": str(error)[:200]}) from error
    for field in (*layout.columns.values(), *layout.values):
        if not is_field(entity, field):
            raise Refusal("feed_field_unknown", {"field": field[:80], "fields": ", ".join(FIELDS[entity])})
    return layout


def places_of(layout: Layout, entity: EntityType, header: Sequence[str], ours: str = "") -> dict[str, int]:
    """The column of each field. If there are prices in several currencies, the one in `ours`. Raises `Refusal` if a
    column of the mapping or the key is missing."""
    if layout.columns:
        if missing := [column for column in layout.columns if column not in header]:
            raise Refusal("layout_changed", {"columns": ", ".join(missing)[:200]})
        places = {field: header.index(column) for column, field in layout.columns.items()}
    else:
        small = [without_currency(column).casefold() for column in header]
        for at, column in enumerate(header):
            if small.count(small[at]) > 1 and (named := currency_of(column)) and ours not in named:
                small[at] = ""
        found = ((field, next((n for n in names if n in small), None)) for field, names in FIELDS[entity].items())
        places = {field: small.index(name) for field, name in found if name is not None}
    has = {field.removesuffix(".1") for field in (*places, *layout.values)}
    if lacking := [field for field in KEYS[entity] if field not in has]:
        raise Refusal("no_key_column", {"columns": ", ".join(lacking)})
    return places


def currency_of_headings(
    places: Mapping[str, int], entity: EntityType, header: Sequence[str], ours: str, file: str
) -> str:
    """The currency in the headings of money columns, if it isn't `ours` ("Cost (USD)"); its sign if several currencies
    share it. Raises `ConfigError` if records of this type can't have a currency."""
    money = (at for field, at in places.items() if field.partition(".")[0] in MONEY)
    for heading in (header[at] for at in money):
        if "currency" not in FIELDS[entity]:
            if ours:
                check_heading(heading, ours, file)
        elif (named := currency_of(heading)) and ours not in named:
            return named[0] if len(named) == 1 else next(sign for sign, all_of in SYMBOLS.items() if all_of == named)
    return ""


def is_field(entity: EntityType, field: str) -> bool:
    """Whether records of this type have a field. Fields of lines may include the line number.

    >>> is_field("BOM", "component.12"), is_field("BOM", "sku.2"), is_field("WorkOrder", "start")
    (True, False, True)
    """
    name, _, number = field.partition(".")
    if name not in FIELDS[entity]:
        return False
    return not number or (name in LINE_FIELDS.get(entity, ()) and number.isdecimal() and 0 < int(number) <= LINES_MOST)
