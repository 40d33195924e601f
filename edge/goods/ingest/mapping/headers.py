"""Column headers in English, French and Hebrew. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from edge.goods.catalog.fields import FIELDS
from edge.goods.ingest.mapping import measures
from edge.goods.ingest.mapping.fields import base, is_field
from edge.goods.ingest.mapping.heading_words import WITH_TAX, WITHOUT_TAX, concepts_of, in_english
from edge.lib.i18n import LANGUAGES, spoken_name
from edge.lib.i18n.folding import without_marks

ON_SALE = (
    "active",
    "is active",
    "enabled",
    "is enabled",
    "product online",
    "actif",
    "activé",
    "aktiv",
    "activo",
    "en vente",
    "פעיל",
)
"""Headings of columns where "yes" means still on sale; in other status columns, "yes" means retired."""
_WORDS: dict[str, tuple[str, ...]] = {
    **{one.column: one.headers for one in FIELDS if one.headers},
    "sku": (
        *("sku", "product number", "item number", "article number", "product code", "plu", "reference"),
        *("reference number", "item no", "article code", "part number", "stock code", "style code", "alu"),
        *("référence", "ref", "réf", "code article", "code produit", "numéro d article", "מקט", "קוד פריט", "קוד מוצר"),
        *(
            "custom sku",
            "custom id",
            "internal reference",
            "default code",
            "internal ref",
            "manufact sku",
            "manufacturer sku",
        ),
        *("public id", "product id", "productid", "item id", "id", "system id", "token", "number"),
    ),
    "family": (
        *("handle", "product handle", "handle id", "parent", "parent id", "parent product", "template id", "matrix"),
        "product internal id",
    ),
    "own_price": ("variation price", "variant price", "product variation price"),
    "surcharge": ("surcharge", "price surcharge", "price adjustment", "additional price", "price impact"),
    "tax_rate": (
        *("tax rate", "vat rate", "tax", "vat", "tax percentage", "tax percent", "tax rates", "tax name", "tax 1 rate"),
        *(
            "default tax rate",
            "sales tax",
            "vat percentage",
            "tax group",
            "tax category",
            "tax code",
            "vat code",
            "output tax",
            "taxable",
            "is taxable",
            "charge tax",
            "charge taxes",
            "gst",
        ),
        *("tva", "taux de tva", "taux tva", "taxe", "taux de taxe", "מעמ", "שיעור מעמ", "אחוז מעמ"),
        *("tax class name", "sale price tax group name", "sale tax rule", "tax rules id", "taxes", "tax rate name"),
    ),
    "template": ("has variants", "is template"),
    "variation": (
        *("variation name", "variation", "variations", "variant name", "variant", "variant title", "price point name"),
        *("variant values", "variant attributes", "attribute values", "variante", "déclinaison", "וריאציה", "וריאנט"),
    ),
    "weighed": (
        *(
            "weighed",
            "by weight",
            "sold by weight",
            "is scale",
            "isscale",
            "is weighted",
            "bisweighted",
            "blsweighted",
            "pesé",
            "au poids",
        ),
        *("vendu au poids", "שקיל", "נשקל", "במשקל"),
    ),
    "amount": ("quantity", "content", "unit weight", "contenu", "quantité", "כמות", "תכולה נטו"),
    "measure": ("unitqty", "unit qty", "measure", "mesure", "יחידת כמות"),
    "supplier": (
        *("supplier", "supplier name", "vendor", "vendor name", "fournisseur", "nom du fournisseur", "ספק", "שם ספק"),
        *("preferred supplier", "primary supplier", "main supplier", "default supplier", "last supplied by"),
        *("primary vendor", "vendor no", "vend no", "distributor", "distributor name"),
    ),
    "supplier_code": (
        *("supplier product code", "supplier reference", "supplier reference number", "vendor sku"),
        *(
            "vendor item number",
            "supplier code",
            "supplier sku",
            "vendor code",
            "code fournisseur",
            "réf fournisseur",
            "מקט ספק",
        ),
    ),
    "on_hand": (
        *(
            "on hand",
            "qty on hand",
            "quantity on hand",
            "stock on hand",
            "stock",
            "in stock",
            "stock quantity",
            "stock qty",
            "current quantity",
            "qty available",
            "quantity available",
            "available quantity",
            "inventory qty",
            "inventory level",
            "opening stock",
            "stock level",
            "current stock level",
            "stock amount",
            "stock count",
            "in stock count",
            "on hand qty",
            "on hand quantity",
            "qty on hnd",
            "quantity in stock",
            "units in stock",
            "available stock",
            "soh",
            "units on hand",
            "units available",
            "qty oh",
            "qoh",
            "qty 1",
        ),
        *("current stock", "inventory", "inventory quantity", "stock actuel", "en stock", "quantité en stock"),
        *("stock disponible", "מלאי", "במלאי", "כמות במלאי", "יתרה", "יתרת מלאי"),
    ),
    "retired": (
        *("retired", "discontinued", "retiré", "arrêté", "הופסק", "archived", "is archived", "disabled", "status"),
        *ON_SALE,
    ),
    "part.1.sku": ("sku of included item", "component sku", "included sku", "composite sku"),
    "part.1.quantity": (
        *("quantity of included item", "component quantity", "included quantity", "composite quantity"),
    ),
    "attribute.tags": (
        *("tags", "product tags", "tag", "labels", "product labels", "keywords", "étiquettes", "mots clés", "תגיות"),
    ),
    "attribute.THC": ("thc", "total thc", "thc total"),
    "attribute.CBD": ("cbd", "total cbd", "cbd total"),
    "attribute.dried equivalent": (
        *(
            "equivalent to",
            "flower equivalent",
            "dried equivalent",
            "dried equivalency",
            "dried flower cannabis equivalency",
            "équivalent séché",
        ),
        *("équivalent en cannabis séché", "שווה ערך לקנאביס מיובש"),
    ),
    "attribute.strain type": ("strain type", "plant type", "type de plante", "סוג הזן"),
    "attribute.strain": ("strain", "variété", "זן"),
    "attribute.origin": (
        *("country of origin", "manufacturecountry", "origin", "country", "pays d origine", "origine", "pays"),
        *("ארץ ייצור", "ארץ יצור", "ארץ מקור"),
    ),
    "attribute.alcohol": ("alcohol", "abv", "degré d alcool", "degré", "alcool", "אחוז אלכוהול"),
    "attribute.kosher": ("kosher", "kashrut", "casher", "כשרות"),
}
"""Headings by field, likeliest first. A unit price for comparison (per kilogram) isn't one of them."""

_A_UNITS_PRICE = frozenset(("unit price", "prix unitaire"))
"""Headings of a unit price: the selling price on a shop's list, the cost on a supplier's."""

_OF_SUPPLIERS = ("supplier", "supplier_code", "box")
"""Fields that only suppliers' price lists have."""
_ON_SUPPLIERS_LISTS = frozenset(
    (
        *("pack size", "packsize", "pack", "case pack", "case price", "pack price", "inner pack", "outer pack", "pcb"),
        *("units per pack", "minimum order", "minimum order quantity", "moq", "lead time", "order quantity", "pallet"),
        *("quantité minimum", "quantité commandée", "prix du colis", "délai", "גודל מארז", "מינימום הזמנה"),
    )
)

_NAMES: dict[str, tuple[str, ...]] = {
    "": (
        *("name", "product name", "item name", "itemname", "itemnm", "title", "menu item", "menu item name"),
        *("product title", "item title", "article name", "display name"),
    ),
    **{language: record.name_columns for language, record in LANGUAGES.items() if record.name_columns},
}
"""Headings of a name, by the language they suggest ("" is the store's own)."""

_DESCRIPTIONS = (
    *("description", "descr", "product", "item", "part description", "item description", "product description"),
    *("description full", "full description", "description 1", "description1", "descr 1", "desc 1"),
    "description short",
)
"""Headings used as the name if no other column contains it."""

_AN_ID = re.compile(
    r"(?!(?:categ|tax|supplier|vendor|brand|location|store|outlet|parent|template|shop|department)).+ id"
)
_IDS = frozenset(("public id", "product id", "productid", "item id", "id", "system id", "token"))
"""A system's internal ids: used as the product's number only if no other column has one."""
_ITEM = frozenset(("article",))
_NAMED_ITEM = (frozenset(("article", "name")), frozenset(("article", "description")))
_STOCK_COLUMNS = frozenset(
    (
        *(
            "stock item",
            "stocked item",
            "track inventory",
            "track stock",
            "inventory tracking",
            "inventory tracked",
            "is inventory tracked",
        ),
        *("is in stock", "out of stock qty", "manage stock", "low stock", "stock status"),
    )
)
"""Columns whose presence means that a quantity column is the stock on hand."""
_INCLUDED = re.compile(r"\b(?:incl|inc|ttc|gross)\b|includ|with vat", re.IGNORECASE)
_KIND_OF_ROW = ("field type", "fieldtype", "row type", "record type", "item type")
"""Columns that may give a row's type: product, variant, option or picture (see `families.py`)."""
_KIND_BESIDE = {"product internal id": ("type",), "handle id": ("type",)}
_TYPES = frozenset(
    (
        *("product type", "type", "item type", "detailed type", "good type", "type of product", "article type"),
        *("type de produit", "type d article", "type produit", "סוג מוצר", "סוג פריט", "סוג"),
    )
)
_KEPT = frozenset(
    (
        *("storable product", "storable", "stockable product", "stockable", "consumable", "service", "goods", "combo"),
        *("product", "consu", "inventory", "non inventory", "noninventory", "stock", "non stock", "inventory item"),
        *("service item", "physical", "physical product", "digital", "produit stockable", "produit à stocker"),
        *("consommable", "bien", "biens", "article stocké", "lagerfähiges produkt", "verbrauchsartikel", "ware"),
        *("dienstleistung", "almacenable", "producto almacenable", "consumible", "servicio", "מוצר מלאי", "מוצר במלאי"),
        *("מתכלה", "שירות", "טובין", "מוצר"),
    )
)
"""Terms for inventory types in Odoo and others, which aren't imported as categories."""
_IN_BRACKETS = re.compile(r"\[(\d)\]")
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PREFIXES = ("variant ", "default ", "product ", "item ", "pos ", "catalog ", "catalogue ")
"""Words before a heading that name its subject in a product file: "Variant Price" is a price."""
_OF_A_PLACE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("on_hand", re.compile(r"(?:current quantity|quantity on hand|in stock|stock on hand|inventory) (.+)")),
    ("minimum", re.compile(r"(?:stock alert count|reorder point|reorder level|low stock) (.+)")),
    ("price", re.compile(r"price (.+)")),
)
"""Headings followed by the name of a location, which each shop chooses."""
_FIELDS_OF_PLACES = {
    "on_hand": ("in stock", "stock", "quantity", "on hand", "qty on hand", "quantity on hand", "current quantity"),
    "minimum": ("low stock", "reorder point", "reorder level", "minimum stock", "stock alert count"),
    "price": ("price",),
}
"""Headings that can be followed by a location's name in brackets."""
_PLACE_FIRST = re.compile(r"(.+?)\s+-\s+(qoh|qty on hand|on hand|stock on hand|reorder point)", re.IGNORECASE)
_STOCK_THERE = re.compile(r"(?:stock|bestand|voorraad|qté|quantité|מלאי)[ _:-]+(?:de |du |à |im |in )?([^\W\d].*)")
"""Stock headings in other languages, followed by the name of a place."""
_NO_PLACE = frozenset(
    (
        *(
            "min",
            "mini",
            "minimum",
            "minimal",
            "max",
            "maxi",
            "maximum",
            "alerte",
            "alert",
            "total",
            "totale",
            "valeur",
        ),
        *(
            "value",
            "wert",
            "status",
            "statut",
            "item",
            "items",
            "level",
            "unit",
            "uom",
            "code",
            "control",
            "management",
        ),
        *(
            "actuel",
            "réel",
            "physique",
            "théorique",
            "disponible",
            "sécurité",
            "on",
            "hand",
            "qty",
            "quantity",
            "count",
        ),
        *("amount", "cost", "price", "policy", "keeping", "tracking", "type", "id", "number", "no", "name", "date"),
        *("available", "reserved", "réservé", "vendue", "commandée", "vendu", "location", "point", "group", "נוכחי"),
        *("מינימום", "מינימלי", "זמין", "כולל"),
    )
)
_QUANTITY_OF_A_PLACE = re.compile(r"(?:qty|quantity|stock) (.+)")
_NOT_OF_A_PLACE = frozenset(
    (
        *("tracker", "policy", "tracking", "management", "type", "id", "item", "url", "unit", "currency", "code"),
        *("point", "name", "list", "category", "book", "old", "before", "compare", "wholesale"),
    )
)
_OPTION = re.compile(
    r"(?:variant |variation )?(?:option|attribute|variation)s? ?(?:(name|set|label|values?|descriptions?|choices?) ?)?"
    r"(\d|one|two|three|four|five)(?: (name|values?))?"
)
_ONE_OPTION = re.compile(r"(?:option|attribute|variation) (name|value)s?")
"""The name or value column of the only option."""
_OPTION_NAMES = frozenset(("name", "set", "label"))
_NAMED_OPTION = re.compile(r"(?:product )?(?:variation|variant) option (?!(?:\d|one|two|three|name|value)\b)(.+)")
"""Headings that contain an option's name: "product_variation_option_Size"."""
_OWN_TAX = re.compile(r"\W*(?:tax|vat|tva|iva|mwst)\b.*\d ?%", re.IGNORECASE)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_OWN_STOCK = ("qty", "quantity", "count", "quantité", "כמות")
"""Headings of stock on hand in a list that has both a cost and a price."""
_RATES = ("sales rate", "selling rate", "rate")
_CURRENCIES = frozenset(
    (
        *(
            "currency",
            "currency code",
            "currency id",
            "price currency",
            "currencycode",
            "iso currency",
            "cost currency",
        ),
        *("devise", "code devise", "monnaie", "währung", "moneda", "valuta", "waluta", "валюта", "מטבע", "קוד מטבע"),
    )
)
_RECOMMENDED = ("rrp", "msrp", "srp", "recommended retail price", "prix public", "prix conseillé")
_MONEY_WORDS = re.compile(
    r"\b(price|cost|amount|fee|prix|tarif|montant|coût|מחיר|עלות|סכום|rate|value)\b"
    r"|preis|betrag|kosten|precio|coste|importe|prezzo|preço|prijs|pris\b|\bcen[aay]\b|цена|ціна|стоимость",
    re.IGNORECASE,
)
_OTHER_MONEY_COLUMNS = re.compile(
    r"compare|before|msrp|rrp|srp|recommended|conseillé|valu|option|attribute|tax|vat|weight"
    r"|price point|include|average|margin|currency|levy|gift|code|type",
    re.IGNORECASE,
)
"""Money columns that are neither cost nor price."""
_A_PRICE = re.compile(r"\b(?:prices?|prc|prix|tarif|מחיר)\b")
_LISTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("member", re.compile(r"\b(?:members?|membership|club|loyalty|adhérents?|membres?|fidélité|חברים?|מועדון)\b")),
    ("wholesale", re.compile(r"\b(?:wholesale|trade|resellers?|dealers?|b2b|gros|grossiste|revendeurs?|סיטונאי)\b")),
    ("happy-hour", re.compile(r"\bhappy ?hour\b")),
    ("staff", re.compile(r"\b(?:staff|employees?|personnel|עובדים)\b")),
    ("vip", re.compile(r"\bvip\b")),
    ("student", re.compile(r"\b(?:students?|étudiants?|סטודנטים?)\b")),
    ("takeaway", re.compile(r"\b(?:take ?away|take ?out|eat ?out|to go|emporter)\b")),
    ("delivery", re.compile(r"\b(?:delivery|livraison|משלוח)\b")),
    ("online", re.compile(r"\b(?:online|web|e ?com|ecommerce)\b")),
)
"""Price lists for additional price columns, by the words in their headings."""
_NO_PRICE = frozenset(
    (
        *("type", "id", "url", "currency", "code", "before", "compare", "policy", "name", "markup", "margin"),
        *("different", "enable", "enabled", "allow", "show", "use", "is", "has"),
    )
)
_NUMBERED_PRICE = re.compile(r"(?:price|prc|prix|מחיר)(?: level| tier| list)? ?([2-9]|[b-e])")
_AMOUNT_CELL = re.compile(
    r"[$£¥\u20a0-\u20cf]?\s?-?(?:\d{1,3}(?:[.,' \u00a0\u202f]\d{3})+|\d{1,7})[.,]\d{2}\s?[$£¥\u20a0-\u20cf]?"
)

_AMOUNT_CELL_OF_MONEY = re.compile(_AMOUNT_CELL.pattern.replace(r"\d{2}", r"\d{1,6}", 1))
"""Pattern of an amount in a column whose heading mentions money: up to six decimals are accepted."""
_MONEY_CONCEPTS = frozenset(("price", "sell_price", "buy_price", "cost", "unit_price", "amount"))
_MONEY = re.compile(r"[$£¥\u20a0-\u20cf]|\b(eur|usd|ils|nis|gbp|chf|cad|שח)\b")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_UNIT_BEHIND = re.compile(r"(?:^|\s)(%|‰|[mµu]g(?:/\w+)?)$")
_UNIT_BEFORE = re.compile(r"^(%|‰)\s")
_MARKS = re.compile(r"[\s_\-./:']+")
_QUOTES = str.maketrans("", "", '"״׳*')


def guess_fields(header: tuple[str, ...], language: str) -> dict[str, tuple[int, ...]]:
    """Header positions by field (`name.<language>` for names); unmatched fields are omitted."""
    columns = [_words(column) for column in header]
    plain = _in_known_words(header, [column for column, _ in columns])
    unitless = [_words(_without_unit(column))[0] for column in header]
    found: dict[str, tuple[int, ...]] = {}
    for known in _spellings(header, plain):
        for field, words in _WORDS.items():
            named = unitless if field.startswith("attribute.") else known
            if field == "price":  # a recommended price is used only if there is no other
                words = tuple(word for word in words if word not in _RECOMMENDED)
            places = [_place_of(word, named, header) for word in words if word in named]
            if places and field not in found:
                found[field] = tuple(sorted(places)) if field == "code" else (places[0],)
            if field == "sku":
                _number_of(found, places, plain)
        for suggested, words in (*_NAMES.items(), ("", _DESCRIPTIONS)):
            for place in (place for word in words for place, column in enumerate(known) if column == word):
                found.setdefault(f"name.{columns[place][1] or suggested or language}", (place,))
    _recommended_price(found, plain)
    _rate_as_price(found, plain)
    _thc(found, unitless, "attribute.THC", frozenset(("thc", "thca")))
    _thc(found, unitless, "attribute.CBD", frozenset(("cbd", "cbda")))
    _variants(found, header, plain)
    _parents_of_categories(found, plain)
    _id_of_rows(found, plain)
    _code_as_number(found, plain)
    _item_as_number(found, header)
    for field, pattern in _OF_A_PLACE:
        named_so = ((place, pattern.fullmatch(column)) for place, column in enumerate(plain))
        places = [
            place for place, match in named_so if match and _is_of_a_place(match[1]) and not _list_of(plain[place])
        ]
        if places and field not in found:
            found[field] = (places[0],)
    _stock_of_a_place(found, plain)
    _first_place(found, header)
    _on_a_suppliers_list(found, plain)
    _count_in_stock(found, plain)
    _taxes_of_their_own(found, header)
    _price_lists(found, plain)
    if "unit" in found and "amount" in found and "measure" not in found:
        # Next to the quantity in a pack, "unit" is the measure of that quantity: 500 g aren't sold by the gram.
        found["measure"] = found["unit"]
    if "weighed" in found or "measure" in found:
        # Next to such a column, "unit" is the unit of the comparison price.
        found.pop("unit", None)
    if not {"amount", "measure"} <= found.keys():
        # A quantity without a measure may be a stock or order quantity.
        found.pop("amount", None)
        found.pop("measure", None)
    return found


def _recommended_price(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Use a recommended price as the shop's price if there is no other, or only one that may be per kilogram."""
    place = next((plain.index(word) for word in _RECOMMENDED if word in plain), None)
    if place is not None and ("price" not in found or plain[found["price"][0]] in _A_UNITS_PRICE):
        found["price"] = (place,)


def _rate_as_price(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Use a rate column as the price if another column has the purchase rate."""
    place = next((plain.index(word) for word in _RATES if word in plain), None)
    is_bought = "cost" in found and plain[found["cost"][0]].endswith(" rate")
    if place is not None and is_bought and "price" not in found:
        found["price"] = (place,)


def _thc(found: dict[str, tuple[int, ...]], unitless: Sequence[str], field: str, names: frozenset[str]) -> None:
    """Find THC or CBD under another heading ("THC Max", "Taux de THC"); without it, cannabis would be sold
    unrestricted.
    """
    taken = {place for places in found.values() for place in places}
    words = {place: set(column.split()) for place, column in enumerate(unitless) if place not in taken}
    places = [place for place, said in words.items() if said & names and "free" not in said]
    if places:
        found.setdefault(field, (max(places, key=lambda place: "max" in words[place]),))


def _parents_of_categories(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Treat "parent" as the category if there are subcategory columns and no columns that distinguish variants."""
    apart = ("template", "variation", "row_kind")
    if "family" not in found or plain[found["family"][0]] != "parent" or any(field in found for field in apart):
        return
    below = any(column.startswith(("subcategory", "sub category")) for column in plain)
    if below and not any(field.startswith("option.") for field in found):
        del found["family"]


def _id_of_rows(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Use a first column called an id as the SKU, or as the system's number if there is a SKU column."""
    taken = any(0 in places for places in found.values())
    other = found.get("other_sku", ())
    if taken or not _AN_ID.fullmatch(plain[0]) or (other and other[0] not in found.get("code", ())):
        return
    found["other_sku" if "sku" in found else "sku"] = (0,)


def unread_money(header: tuple[str, ...], taken: Collection[int], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Unused money columns: named like money with amounts, or mostly amounts with two decimals. Other known kinds of
    money are excluded.

    >>> unread_money(("Name", "Till fee", "Compare at price"), {0}, [["Tee", "19.90", "25.00"]])
    ('Till fee',)
    """
    found = []
    for place, column in enumerate(header):
        if place in taken or _OTHER_MONEY_COLUMNS.search(column):
            continue
        cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
        says_money = _MONEY_WORDS.search(column) or concepts_of(column) & _MONEY_CONCEPTS
        form = _AMOUNT_CELL_OF_MONEY if says_money else _AMOUNT_CELL
        amounts = sum(form.fullmatch(cell) is not None for cell in cells)
        if not any(set("123456789") & set(cell) for cell in cells):
            continue  # only zeros: nothing is lost without this column
        if cells and 2 * amounts > len(cells) and (says_money or amounts == len(cells)):
            found.append(column)
    return tuple(found)


def says_how_kept(heading: str, cells: Sequence[str]) -> bool:
    """Whether a type column contains inventory types, as in Odoo's exports, rather than categories.

    >>> says_how_kept("Product Type", ["Storable Product", "Service"]), says_how_kept("Product Type", ["Shirt"])
    (True, False)
    """
    plain = {_words(heading)[0], in_english(heading)}
    said = {" ".join(_MARKS.sub(" ", cell.casefold()).split()) for cell in cells} - {""}
    return not plain.isdisjoint(_TYPES) and bool(said) and said <= _KEPT


def find_currency(header: Sequence[str]) -> int | None:
    """The column with the currency of a row's amounts.

    >>> find_currency(("SKU", "Price", "Currency code")), find_currency(("SKU", "Price"))
    (2, None)
    """
    return next((place for place, column in enumerate(header) if _words(column)[0] in _CURRENCIES), None)


def implied_fields(header: tuple[str, ...]) -> dict[str, tuple[int, ...]] | None:
    """Fields of a header that uses our own field names, such as our exports; otherwise None."""
    if "sku" not in header or not all(map(is_field, header)):
        return None
    found: dict[str, tuple[int, ...]] = {}
    for place, column in enumerate(header):
        found[base(column)] = (*found.get(base(column), ()), place)
    return found


def unit_of(column: str) -> str:
    """Unit in a header: "THC (%)" and "THC %" are in "%"; "" if none."""
    texts = [bracket.strip() for bracket in _BRACKETS.findall(column)]
    bare = _BRACKETS.sub(" ", column).strip()
    texts += [found[1] for pattern in (_UNIT_BEHIND, _UNIT_BEFORE) if (found := pattern.search(bare.casefold()))]
    return next((unit for text in texts if (unit := measures.unit(text))), "")


def _spellings(header: tuple[str, ...], plain: list[str]) -> Iterator[list[str]]:
    """Yield spellings of the headings: unchanged, without subject prefixes, split at capitals ("CostPrice") and at
    slashes ("EAN/UPC"). Earlier spellings take precedence.
    """
    apart = [_apart(column) for column in header]
    for known in (plain, apart):
        yield known
        yield [_without_prefix(column) for column in known]
    for part in (0, 1):
        parts = [column.split("/") for column in header]
        yield [_without_prefix(_words(one[part])[0]) if len(one) == 2 else "" for one in parts]


def _apart(column: str) -> str:
    """Split a one-word heading at its capitals.

    Israel's price transparency files are an exception: "ItemType" is no category, and "ItemStatus" doesn't mean that a
    product is retired.
    """
    if " " in column.strip() or column.casefold().endswith(("type", "status")):
        return column
    return _words(_HUMPS.sub(" ", column))[0]


def _place_of(word: str, named: Sequence[str], header: tuple[str, ...]) -> int:
    """The column with a name; if several have it, the one with tax included, else the first."""
    places = [place for place, column in enumerate(named) if column == word]
    with_tax = (place for place in places if is_with_tax(header[place]))
    unsaid = (place for place in places if not is_without_tax(header[place]))
    return next(with_tax, next(unsaid, places[0]))


def is_yes_retired(heading: str) -> bool | None:
    """Whether "yes" in a column means that the product is no longer sold; None for a status column, whose values differ
    between systems.

    >>> is_yes_retired("Archived"), is_yes_retired("Active (0/1)"), is_yes_retired("Status")
    (True, False, None)
    """
    names = {_words(heading)[0], in_english(heading)}
    if not names.isdisjoint(ON_SALE):
        return False
    return None if "status" in names else True


def is_with_tax(heading: str) -> bool:
    """Whether a heading says that its prices include tax."""
    return WITH_TAX in concepts_of(heading) or _INCLUDED.search(heading) is not None


def is_without_tax(heading: str) -> bool:
    """Whether a heading says that its prices exclude tax."""
    return WITHOUT_TAX in concepts_of(heading)


def _in_known_words(header: tuple[str, ...], plain: list[str]) -> list[str]:
    """Headings in known words: foreign terms, currencies and abbreviations are replaced by English ones."""
    return [
        word if word in _known_words() else in_english(heading) or word
        for heading, word in zip(header, plain, strict=True)
    ]


@cache
def _known_words() -> frozenset[str]:
    lists = (
        *_WORDS.values(),
        *_NAMES.values(),
        _DESCRIPTIONS,
        _STOCK_COLUMNS,
        _ON_SUPPLIERS_LISTS,
        _OWN_STOCK,
        _RECOMMENDED,
    )
    return frozenset(word for words in lists for word in words)


def _number_of(found: dict[str, tuple[int, ...]], places: Sequence[int], plain: Sequence[str]) -> None:
    """Use the shop's own number as the SKU, and keep the system's id as the other number."""
    if not places:
        return
    used = found["sku"][0]
    better = next((place for place in places if plain[place] not in _IDS), None)
    if better is not None and plain[used] in _IDS:
        found["sku"], found["other_sku"] = (better,), (used,)
    other = next((one for one in reversed(places) if (one,) != found["sku"]), None)
    if other is not None:
        found.setdefault("other_sku", (other,))


def _code_as_number(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Use a column called only "Code" as the shop's own number if there is a barcode column."""
    codes = found.get("code", ())
    place = next((place for place in codes if plain[place] == "code"), None)
    if place is None or len(codes) < 2 or ("sku" in found and plain[found["sku"][0]] not in _IDS):
        return
    if "sku" in found:
        found["other_sku"] = found["sku"]
    found["sku"], found["code"] = (place,), tuple(one for one in codes if one != place)


def columns_of_places(header: Sequence[str]) -> dict[str, dict[str, str]]:
    """The headings of each location's fields, by its stock heading; {} if fewer than two locations have stock.

    >>> columns_of_places(("SKU", "Price [A]", "In stock [A]", "In stock [B]"))
    {'In stock [A]': {'price': 'Price [A]', 'on_hand': 'In stock [A]'}, 'In stock [B]': {'on_hand': 'In stock [B]'}}
    """
    places: dict[str, dict[str, str]] = {}
    for heading in header:
        if named := _place_named(heading):
            places.setdefault(named[1], {}).setdefault(named[0], heading)
    stocked = {fields["on_hand"]: fields for fields in places.values() if "on_hand" in fields}
    return stocked if len(stocked) > 1 else {}


def _place_named(heading: str) -> tuple[str, str] | None:
    """The field and the location named in a heading: "In stock [Main]", "Main - QOH", "inventory_Main"."""
    if bracket := _BRACKETS.search(heading):
        plain, place = _words(_BRACKETS.sub(" ", heading))[0], bracket[1].casefold().strip()
        field = next((field for field, words in _FIELDS_OF_PLACES.items() if plain in words), "")
        return (field, place) if field and place else None
    if behind := _PLACE_FIRST.fullmatch(heading.strip()):
        return ("minimum" if "point" in behind[2].casefold() else "on_hand"), behind[1].casefold()
    plain = _words(heading)[0]
    for field, pattern in _OF_A_PLACE:
        if (match := pattern.fullmatch(plain)) and _is_of_a_place(match[1]) and not _list_of(plain):
            return field, match[1]
    stocked = _STOCK_THERE.fullmatch(heading.casefold().strip())
    if stocked and _NO_PLACE.isdisjoint(_MARKS.sub(" ", stocked[1]).split()):
        return "on_hand", stocked[1]
    return None


def _is_of_a_place(behind: str) -> bool:
    """Whether the words after a field name are a location's name: "Price Main Street", but not "Price 2"."""
    words = behind.split()
    return _NOT_OF_A_PLACE.isdisjoint(words) and not words[0].isdigit()


def _item_as_number(found: dict[str, tuple[int, ...]], header: tuple[str, ...]) -> None:
    """Use a column called only "Item" as the number if another column has the item's name or description."""
    if "sku" in found:
        return
    meant = [concepts_of(heading) for heading in header]
    named = [place for place, concepts in enumerate(meant) if concepts in _NAMED_ITEM]
    items = [place for place, concepts in enumerate(meant) if concepts == _ITEM]
    if named and items:
        language = next((field for field, at in found.items() if field.startswith("name.") and at == (items[0],)), "")
        others = [field for field in found if field.startswith("name.") and field != language]
        if language and not others:
            found[language] = (named[0],)
        else:
            found.pop(language, None)
        found["sku"] = (items[0],)


def _count_in_stock(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Treat a bare quantity as the stock on hand if another column shows that stock is tracked."""
    stripped = [_without_prefix(column) for column in plain]
    is_kept = "minimum" in found or not _STOCK_COLUMNS.isdisjoint((*plain, *stripped))
    if "on_hand" in found or "measure" in found or not is_kept:
        return
    place = next((stripped.index(word) for word in _OWN_STOCK if word in stripped), None)
    if place is not None:
        found["on_hand"] = (place,)
        if found.get("amount") == (place,):
            del found["amount"]


def _without_prefix(column: str) -> str:
    return next((column.removeprefix(prefix) for prefix in _PREFIXES if column.startswith(prefix)), column)


def _variants(found: dict[str, tuple[int, ...]], header: tuple[str, ...], plain: list[str]) -> None:
    """Find variant columns."""
    apart = [_without_prefix(_apart(_IN_BRACKETS.sub(r" \1", column))) for column in header]
    for place, column in enumerate(plain):
        if match := _OPTION.fullmatch(column) or _OPTION.fullmatch(apart[place]):
            number = _NUMBERS.get(match[2]) or int(match[2])
            part = "name" if not _OPTION_NAMES.isdisjoint((match[1], match[3])) else "value"
            if number:
                found.setdefault(f"option.{number}.{part}", (place,))
    only = {match[1]: (place,) for place, column in enumerate(plain) if (match := _ONE_OPTION.fullmatch(column))}
    if len(only) == 2 and not any(field.startswith("option.") for field in found):
        found |= {f"option.1.{part}": place for part, place in only.items()}
    free = (number for number in range(1, 10) if f"option.{number}.value" not in found)
    for place, column in enumerate(plain):
        if _NAMED_OPTION.fullmatch(column) and (number := next(free, 0)):
            found[f"option.{number}.value"] = (place,)
    words = (*_KIND_OF_ROW, *_KIND_BESIDE.get(plain[found["family"][0]] if "family" in found else "", ()))
    if "sku" in found and (own := [place for place, word in enumerate(plain) if word.endswith("variation sku")]):
        found["sku"], found["other_sku"] = (own[0],), found["sku"]
    if {"item", "id", "name"} <= set(plain):
        words += ("item",)
    if kinds := [plain.index(word) for word in words if word in plain]:
        found["row_kind"] = (kinds[0],)
        if found.get("category") == found["row_kind"]:
            del found["category"]
    if {"row_kind", "family"} & found.keys() and "variation" not in found and "options" in plain:
        found["variation"] = (plain.index("options"),)
    if "family" in found and "type" in plain and plain[found["family"][0]].startswith("parent"):
        found.setdefault("template", (plain.index("type"),))
        if found.get("category") == found["template"]:
            del found["category"]
    if "template" in found and "variant_of" in found:
        found.setdefault("family", found.pop("variant_of"))


def _taxes_of_their_own(found: dict[str, tuple[int, ...]], header: tuple[str, ...]) -> None:
    """Map columns of the shop's named taxes, such as "Tax - Sales Tax (6.625%)"; drop rates if there is a tax class."""
    named = tuple(place for place, column in enumerate(header) if _OWN_TAX.match(column))
    if named and set(found.get("tax_rate", ())) <= set(named):
        found["tax_rate"] = named
    if "tax_class" in found:
        found.pop("tax_rate", None)


def _price_lists(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Map each additional price column to its own price list."""
    taken = {place for places in found.values() for place in places}
    for place, column in enumerate(plain):
        if "price" in found and place not in taken and (name := _list_of(column)):
            found.setdefault(f"price.{name}", (place,))


def _list_of(column: str) -> str:
    """The price list of a heading; "" if it isn't an additional price.

    >>> _list_of("member price"), _list_of("price 2"), _list_of("price"), _list_of("wholesale price type")
    ('member', 'price-2', '', '')
    """
    if numbered := _NUMBERED_PRICE.fullmatch(column):
        return f"price-{numbered[1]}"
    if not _A_PRICE.search(column) or not _NO_PRICE.isdisjoint(column.split()):
        return ""
    return next((name for name, words in _LISTS if words.search(column)), "")


def list_named(heading: str) -> str:
    """The id of the price list to create from a column: its heading's words.

    >>> list_named("Prix Été (TTC)"), list_named("מחיר")
    ('prix-ete-ttc', 'list')
    """
    words = re.findall("[a-z0-9]+", without_marks(heading.casefold()))
    name = "-".join(words)[:40].strip("-") or "list"
    return "store-list" if name == "store" else name  # "store" is the list of the shop's usual prices


def _without_unit(column: str) -> str:
    bare = _BRACKETS.sub(" ", column).strip()
    return _UNIT_BEFORE.sub("", _UNIT_BEHIND.sub("", bare.casefold()))


def _stock_of_a_place(found: dict[str, tuple[int, ...]], plain: Sequence[str]) -> None:
    """Map a location's quantity and reorder point: "Qty Main Street" if there is also "Reorder Main Street"."""
    for place, column in enumerate(plain):
        named = _QUANTITY_OF_A_PLACE.fullmatch(column)
        if named and f"reorder {named[1]}" in plain:
            found.setdefault("on_hand", (place,))
            found.setdefault("minimum", (plain.index(f"reorder {named[1]}"),))
            return


def _first_place(found: dict[str, tuple[int, ...]], header: Sequence[str]) -> None:
    """Use the first location's stock if no general stock column exists."""
    if "on_hand" not in found and (places := columns_of_places(header)):
        for field, heading in next(iter(places.values())).items():
            found.setdefault(field, (header.index(heading),))


def _on_a_suppliers_list(found: dict[str, tuple[int, ...]], plain: list[str]) -> None:
    """Map a supplier's list: its unit price is our cost. As a selling price, it would leave no margin."""
    priced = found.get("price", ())
    place = next((place for place, column in enumerate(plain) if column in _A_UNITS_PRICE), None)
    own = {"price", "cost"} <= found.keys() and plain[priced[0]] not in (*_RECOMMENDED, *_A_UNITS_PRICE)
    count = next((plain.index(word) for word in _OWN_STOCK if word in plain), None)
    if own and count is not None and "measure" not in found:
        found.setdefault("on_hand", (count,))  # with cost and price, it's the shop's own list and its own stock
        if found["on_hand"] == found.get("amount"):
            del found["amount"]
    theirs = any(field in found for field in _OF_SUPPLIERS) or not _ON_SUPPLIERS_LISTS.isdisjoint(plain)
    if theirs and not own:
        found.pop("on_hand", None)  # the supplier's stock
    if place is not None and theirs and "cost" not in found:
        found["cost"] = (place,)
        if priced == (place,):
            del found["price"]


def _words(column: str) -> tuple[str, str]:
    """Column name as plain words, and its language in brackets or at the end ("" if none)."""
    bare = _BRACKETS.sub(" ", column)
    bare = re.sub(r"(?<=\w) ?#$", " number", bare.translate(_QUOTES).strip())
    words = " ".join(_MARKS.sub(" ", _MONEY.sub(" ", bare.casefold())).split()).rstrip("?")
    for bracket in _BRACKETS.findall(column):
        if language := _languages().get(bracket.strip().casefold()):
            return words, language
    first, _, last = words.rpartition(" ")
    if first and (language := _languages().get(last)):
        return first, language
    return words, ""


@cache
def _languages() -> dict[str, str]:
    """Languages by their names in each language. It loads CLDR, so it isn't called at startup."""
    names = ((code, (code, *(spoken_name(code, one) for one in LANGUAGES))) for code in LANGUAGES)
    return {name.casefold(): code for code, called in names for name in called}
