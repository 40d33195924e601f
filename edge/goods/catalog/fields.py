"""Product fields, each declared once. Pure.

The manager's form, import and export, the journal's names and head office's columns derive from this table and are
tested against it. A field needs a line in `Product` (type and bounds), one here, and the text `goods.NAME` in three
languages. Fields describe goods, never people, so none is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

import msgspec
from msgspec.inspect import IntType, Metadata, StrType, StructType, Type, type_info

from edge.goods.catalog.product import Product

Group = Literal["identity", "price", "tax", "content", "terms", "stock", "variants"]
"""Sections of the form, in order."""
Single = Literal["text", "money", "quantity", "number", "category", "choice", "size", "sku"]
"""How a field with a single value is entered.

`quantity`: thousandths, as a decimal number; `choice`: one of the values defined by its type or the store.
"""
Control = Literal[Single, "codes", "names", "keyed", "several", "rows"]
"""How a field is entered: as in `Single`, or as several texts, one text per language, one value per key, or rows of
parts.
"""


class HubColumn(msgspec.Struct, frozen=True):
    """A field's column at head office; `text` describes it.

    Missing values are NULL, or 0 or an empty object if NULL isn't allowed. `default`: SQL default for existing rows.
    """

    text: str
    null: bool = True
    default: str = ""


class ProductField(msgspec.Struct, frozen=True):
    """A field of `Product` by `name`.

    column    its column in files; `also`: further columns of files that contribute to it
    headers   usual names of that column in English, French and Hebrew, the likeliest first, in lower case
    decisive  whether an invalid cell rejects the whole row of a file; otherwise only the cell is ignored
    hub       its column at head office (None: it has none)
    since     the first version of the events with this field; for a new field, `VERSION` + 1
    """

    name: str
    group: Group
    control: Control
    column: str
    also: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    decisive: bool = False
    hub: HubColumn | None = None
    since: int = 1

    @property
    def word(self) -> str:
        """Key of the field's label."""
        return f"goods.{self.name}"

    @property
    def is_single(self) -> bool:
        """Whether a single cell contains the whole field."""
        return self.control in get_args(Single)

    @property
    def most(self) -> int | None:
        """Maximum value, number of items or length of its type; None if unlimited."""
        return _bounds()[self.name]


FIELDS = (
    ProductField("names", "identity", "names", "name", hub=HubColumn("Name by language.", null=False)),
    ProductField(
        *("codes", "identity", "codes", "code"),
        headers=(
            *("barcode", "bar code", "ean", "ean13", "ean 13", "ean code", "gtin", "upc", "item code", "itemcode"),
            *("upc code", "ean upc", "upc ean", "barcod", "barcode number", "isbn", "gtin code", "barcode raw"),
            *("barcode value", "barcode text", "main barcode", "primary barcode", "default barcode", "barcodes"),
            *("code", "barcode 2", "ean 2", "code barre", "code barres", "gencod", "gencode", "ברקוד", "קוד ברקוד"),
        ),
    ),
    ProductField(
        *("price_minor", "price", "money", "price"),
        headers=(
            *("price", "selling price", "regular price", "retail price", "itemprice", "prix", "prix ttc"),
            *("prix de vente", "rrp", "msrp", "srp", "recommended retail price", "prix public", "prix conseillé"),
            *("prix de vente ttc", "pv ttc", "מחיר", "מחיר לצרכן", "מחיר מכירה"),
            *("sales price", "list price", "base price", "sell price", "price incl tax", "price including tax"),
            *(
                "price inc tax",
                "price inc vat",
                "price incl vat",
                "standard selling rate",
                "sale price",
                "public price",
            ),
            *("price tax included", "price tax incl", "price with vat", "gross price", "current price", "retail"),
            *("sales incl tax", "sales value", "sales excl tax"),
            *("price 1", "price tier1", "price tier 1", "prc 1", "price level 1", "price tax excluded"),
            *("unit price", "prix unitaire"),  # may be a price per kilogram, for comparison only
        ),
        decisive=True,
        hub=HubColumn("Price in minor units of the store's currency; null: entered at the till."),
    ),
    ProductField(
        *("unit", "content", "choice", "unit", ("weighed",)),
        headers=(
            *(
                "unit",
                "uom",
                "unit of measure",
                "unit of sale",
                "usage unit",
                "unité",
                "unité de vente",
                "unité de mesure",
            ),
            *("stock uom", "uom id", "uom name", "unit name", "default unit of measure", "stk unit", "base unit"),
            *("price unit", "sales unit", "selling unit", "sell unit", "sold by unit", "sales uom"),
            *("יחידה", "יחידת מידה", "יחידת מכירה"),
        ),
        decisive=True,
        hub=HubColumn("Sales unit: piece, kg, litre, metre or service; null: not set."),
    ),
    ProductField(
        *("tax_class", "tax", "choice", "tax_class"),
        headers=("tax class", "taxclass", "classe de taxe", "classe de tva", "סוג מס", "סוג מע״מ"),
        decisive=True,
    ),
    ProductField(
        *("min_age", "terms", "number", "min_age"),
        headers=("min age", "minimum age", "age", "âge minimum", "âge minimal", "âge", "גיל מינימלי", "גיל"),
        decisive=True,
    ),
    ProductField(
        *("category", "identity", "category", "category"),
        headers=(
            *("category", "categories", "department", "catégorie", "rayon", "famille", "קטגוריה", "מחלקה"),
            *("category name", "categ id", "item group", "menu group", "sales category", "product group", "group"),
            *("department name", "dept", "category1", "category 1", "categ cod", "product category 1"),
            *("product type", "type", "collection", "collections", "commodity group"),
            "classification",
        ),
        hub=HubColumn("Category."),
    ),
    ProductField(
        *("brand", "identity", "text", "brand"),
        headers=(
            *("brand", "brand name", "manufacturer", "manufacturername", "producer", "marque", "fabricant"),
            *("מותג", "יצרן", "שם יצרן"),
        ),
        hub=HubColumn("Brand."),
    ),
    ProductField(
        *("size", "content", "size", "size", ("amount", "measure")),
        headers=("size", "net weight", "net content", "contenance", "poids net", "משקל נטו", "תכולה"),
    ),
    ProductField(
        *("container", "content", "text", "container"),
        headers=("container", "packaging", "conditionnement", "סוג אריזה"),
    ),
    ProductField(
        *("box", "stock", "number", "box"),
        headers=(
            *("qtyinpackage", "qty in package", "units per case", "units per box", "case size", "colisage"),
            *("כמות באריזה", "יחידות במארז"),
        ),
    ),
    ProductField(
        *("deposit_minor", "terms", "money", "deposit"), headers=("deposit", "consigne", "פיקדון"), decisive=True
    ),
    ProductField(
        *("cost_minor", "terms", "money", "cost"),
        headers=(
            *("cost", "cost price", "purchase price", "prix d achat", "coût", "עלות", "מחיר קניה", "מחיר עלות"),
            *("unit cost", "cost per item", "supply price", "standard price", "average cost", "valuation rate"),
            *("buying price", "buy price", "purchase cost", "wholesale price", "cost of goods", "coût unitaire"),
            *(
                "purchase value",
                "average unit cost",
                "avg cost",
                "last cost",
                "lst cost",
                "last purchase price",
                "purchase rate",
                "buying rate",
                "order cost",
            ),
        ),
    ),
    ProductField("supplies", "stock", "rows", "supply", ("supplier", "supplier_code")),
    ProductField("packs", "stock", "rows", "pack"),
    ProductField("attributes", "identity", "keyed", "attribute"),
    ProductField(
        *("expiry_days", "stock", "number", "expiry_days"),
        headers=("expiry days", "shelf life", "shelf life days", "durée de vie", "חיי מדף"),
    ),
    ProductField(
        *("minimum", "stock", "quantity", "minimum"),
        headers=(
            *("minimum stock", "min stock", "reorder point", "stock minimum", "stock mini", "מלאי מינימום"),
            *("low stock", "reorder level", "stock alert count", "low stock amount", "low stock threshold"),
            *("low stock level", "alert level", "minimum before reorder", "min level", "reorder quantity level"),
            *("min reorder point", "minimum reorder point", "minimum quantity on hand"),
            *("low inventory threshold", "low inventory", "inventory threshold", "stock threshold", "par level"),
            *("min quantity", "min qty", "minimum quantity"),  # may be a minimum order quantity
        ),
        hub=HubColumn("Minimum stock in thousandths of its unit; 0: not set.", False, "0"),
    ),
    ProductField("parts", "stock", "rows", "part"),
    ProductField("stop_when_out", "stock", "choice", "stop_when_out"),
    ProductField(*("variant_of", "variants", "sku", "variant_of"), headers=("variant of", "parent sku", "variante de")),
    ProductField("axes", "variants", "keyed", "axis"),
    ProductField("pictures", "identity", "several", "picture"),
)
"""All fields, in the order of an export's columns."""

VERSION = max(one.since for one in FIELDS)
"""Version of the events that contain product data."""
FIELD_OF: Mapping[str, ProductField] = {one.column: one for one in FIELDS}
"""Fields by their column in files."""
COLUMN_OF: Mapping[str, str] = {one.name: one.column for one in FIELDS}
"""Columns of files by field."""


def form_lines() -> list[ProductField]:
    """Fields shown as form lines, in order."""
    groups = get_args(Group)
    lines = (one for one in FIELDS if one.is_single or one.control == "codes")
    return sorted(lines, key=lambda one: groups.index(one.group))


@cache
def _bounds() -> dict[str, int | None]:
    info = type_info(Product)
    assert isinstance(info, StructType)
    return {field.name: next((most for most in map(_bound, _types(field.type)) if most), None) for field in info.fields}


def _types(type_: Type) -> tuple[Type, ...]:
    """Possible types of a value, without metadata."""
    if isinstance(type_, Metadata):
        return _types(type_.type)
    return tuple(getattr(type_, "types", (type_,)))


def _bound(type_: Type) -> int | None:
    match type_:
        case StrType(max_length=most) | IntType(le=most):
            return most
    return None
