"""Detects the kind of a file from its columns. Pure.

File names don't help: the same export is `items.csv` in one system and `export-2026-11-28.csv` in another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from edge.backoffice.switching.headings import CARD, MODIFIER, PERSON, SALE, STOCK, compact, find_columns, words_of
from edge.backoffice.switching.moved import FileKind
from edge.goods.ingest.mapping.headers import guess_fields
from edge.goods.ingest.mapping.heading_words import concepts_of
from edge.lib.i18n import ENGLISH

_SALE_WORDS = frozenset(
    (
        *("netsales", "grosssales", "totalcollected", "amounttotal", "netprice", "grossprice", "grossamount", "tip"),
        *("discounts", "refunds", "tender", "paymentmethod", "payment", "totaltax", "saletotal", "totalsales", "cash"),
        *(
            "ventesnettes",
            "ventesbrutes",
            "מכירותנטו",
            "netamount",
            "revenue",
            "linetotal",
            "lineitemprice",
            "transactions",
        ),
        *("transactionid", "receiptnumber", "orderid", "ordernumber", "order#", "saleid", "checkid", "invoicenumber"),
        *("receiptno", "lineitemname", "posreference", "checknumber", "check#", "orderref", "receipt", "numeroderecu"),
        *("מספרקבלה", "numerodeticket", "grandtotal", "totalttc", "registername", "register", "cashiername", "cashier"),
        *("orderlinesproduct", "linesproductid", "ticketnumber", "orders", "takings", "salesperson", "pos", "server"),
        *(
            "check",
            "ticket#",
            "receipt#",
            "voided",
            "refunded",
            "returned",
            "station",
            "till",
            "cashdrawer",
            "receipttype",
        ),
        *(
            "salesrep",
            "amountwithtax",
            "extprice",
            "purchasepoint",
            "totalrefunded",
            "orderstatus",
            "paymentstatus",
            "netqtysold",
            "qtysold",
            "quantitysold",
            "extendedprice",
        ),
    )
)
_GOODS_WORDS = frozenset(
    (
        *("cost", "costperitem", "variantprice", "defaultcost", "defaultunitcost", "standardprice", "supplyprice"),
        *("retailprice", "salesprice", "listprice", "regularprice", "bodyhtml", "trackstock", "handle", "reorderpoint"),
        *("taxclass", "uom", "stockuom", "valuationrate", "standardrate", "instock", "lowstock", "msrp", "variantsku"),
        *("model", "manufacturer", "dateavailable", "taxclassid", "stockstatusid"),
        *("currentquantity", "unitofmeasure", "availableinpos", "visibility", "purchaseprice", "itemgroup", "markup"),
    )
)
_STAFF_WORDS = frozenset(
    (
        *(
            "role",
            "roles",
            "jobtitle",
            "job",
            "jobs",
            "jobcode",
            "jobcodes",
            "wage",
            "hourlyrate",
            "hourlywage",
            "payrate",
        ),
        *("pin", "passcode", "pincode", "poscode", "employeeid", "employeenumber", "employee", "permissionset"),
        *("permissions", "accesslevel", "hiredate", "teammember", "teammemberid", "staffid", "username", "accounttype"),
        *("employeename", "terminationdate", "payrollid", "externalemployeeid", "dateofjoining", "designation"),
        *(
            "poste",
            "fonction",
            "salaire",
            "employe",
            "datedembauche",
            "תפקיד",
            "עובד",
            "מספרעובד",
            "userrole",
            "staffname",
        ),
        *("login", "codepin", "profil", "motdepasse", "droits", "niveaudacces", "benutzername", "rolle", "rol"),
        *("primaryjob", "managerpermission", "rehirable", "jobpositions", "department", "groups", "outletaccess"),
    )
)
_STAFF_ENOUGH = _STAFF_WORDS - {"department", "groups", "designation", "username", "job", "jobs"}
_NO_MODIFIERS = frozenset(
    (
        *("transactionid", "orderid", "checkid", "receiptnumber", "netsales", "grosssales", "qty", "date", "orderdate"),
        *("handle", "variantsku", "barcode", "gtin", "ean", "upc", "cost", "defaultunitcost", "costperitem"),
    )
)
"""Headings of products or sold items, which a list of modifiers doesn't have."""
_SUPPLIER_NAMES = frozenset(
    (
        *("vendorname", "suppliername", "supplier", "vendor", "fournisseur", "nomdufournisseur", "ספק", "שםספק"),
        *("vendorid", "supplierid", "suppliertype", "suppliergroup", "vendorcode", "suppliercode"),
    )
)
_CONTACT = ("email", "phone", "line1", "city", "first", "last", "postal", "country", "company")
_TAX_WORDS = frozenset(
    ("rate", "rate%", "taxrate", "taxname", "tax", "taux", "percentage", "taxpercentage", "שיעור", "priority")
)
TAX_COLUMNS = 6
"""Maximum columns of a tax table whose headings alone don't identify it."""
CATEGORY_COLUMNS = 8
"""Maximum columns of a category table. A table with more is one of products."""
_TAX_NAMES = frozenset(
    ("taxname", "taxrate", "taxid", "taxcode", "taxclass", "taxnumber", "nomdelataxe", "שםמס", "taxtype", "taxscope")
)
_DISCOUNTS = frozenset(
    ("discounttype", "discountname", "discountcode", "couponamount", "discountvalue", "promotionname", "valuetype")
)
_CATEGORIES = frozenset(("categoryname", "parentcategory", "categoryid", "completename", "parentpath", "categorie"))


_OF_A_SALE = frozenset(
    ("transactionid", "receiptnumber", "orderid", "checkid", "invoicenumber", "productname", "itemname")
)
_PAID = frozenset(("payment", "paymentmethod", "paymenttype", "tender"))
_SOLD = re.compile("sold|sale|transaction|paid|vend|verka")
_NAMES_OF_GOODS = frozenset(
    ("itemname", "productname", "producttitle", "menuitem", "menuitemname", "lineitemname", "lineitem", "articlename")
)


def kind_of(header: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> FileKind:
    """The kind of a file with this header, and optionally its first rows. "unknown": the user must choose.

    >>> kind_of(("Name", "Variant SKU", "Price")), kind_of(("First Name", "Email", "Phone"))
    ('catalogue', 'customers')
    >>> kind_of(("code", "balance")), kind_of(("Date", "Item", "Qty", "Net Sales"))
    ('gift_cards', 'sales_lines')
    """
    words = words_of(header)
    person, card = find_columns(header, PERSON), find_columns(header, CARD)
    contacts = sum(field in person for field in _CONTACT)
    if _is_of_cards(words, card, person):
        return "gift_cards"
    if _is_of_modifiers(header):
        return "modifiers"
    if sale := _sale_kind(header, words, contacts, rows):
        return sale
    if _is_staff(words, person):
        return "staff"
    goods = guess_fields(tuple(header), ENGLISH)
    priced = not {"price", "cost"}.isdisjoint(goods)
    if contacts >= 2 and not priced and not words & _GOODS_WORDS:
        return "suppliers" if words & _SUPPLIER_NAMES else "customers"
    if "points" in person and {"name", "code"} & person.keys() and not priced:
        return "customers"
    if words & _DISCOUNTS and not {"sku", "code"} & goods.keys():
        return "discounts"
    return _goods_kind(header, words, goods, priced, contacts, person)


def _goods_kind(
    header: Sequence[str],
    words: set[str],
    goods: dict[str, tuple[int, ...]],
    priced: bool,
    contacts: int,
    person: dict[str, int],
) -> FileKind:
    stock = find_columns(header, STOCK)
    named = any(field.startswith("name.") for field in goods)
    numbered = not {"sku", "code"}.isdisjoint(goods)
    counted = "on_hand" in stock and ("place" in stock or not priced)
    if "price" not in goods and counted and (numbered or "item" in stock):
        return "stock"
    if words & _TAX_NAMES and words & _TAX_WORDS and not priced and not numbered:
        return "taxes"
    is_short = len(header) <= TAX_COLUMNS and not priced and "sku" not in goods and "on_hand" not in stock
    if is_short and words & _TAX_WORDS - {"tax", "priority"}:
        return "taxes"
    if words & _CATEGORIES and not priced and "code" not in goods and len(header) <= CATEGORY_COLUMNS:
        return "categories"
    if (named and (priced or numbered)) or (numbered and priced):
        return "catalogue"
    if contacts and ("name" in person or contacts >= 2):
        return "customers"
    return "unknown"


def _is_of_modifiers(header: Sequence[str]) -> bool:
    """Whether each row is an option of a set of modifiers. Products and sold items may only name theirs."""
    plain = {compact(heading) for heading in header}
    if plain & _NO_MODIFIERS or not any("modifier" in one or "option" in one or "addon" in one for one in plain):
        return False
    return {"group", "name"} <= find_columns(header, MODIFIER).keys()


def _is_of_cards(words: set[str], card: dict[str, int], person: dict[str, int]) -> bool:
    """Whether the file lists gift cards: a code (or its last characters) and a balance."""
    signs = ("giftcard", "cartecadeau", "voucher", "storecreditnumber", "giftcertificate")
    named = any(sign in word for word in words for sign in signs)
    coded = "code" in card or "last" in card
    if not coded or not {"balance", "initial"} & card.keys():
        return False
    if words & {"sku", "barcode", "item", "itemname", "price", "qty", "quantity", "transactionid", "netsales"}:
        return False
    if words & {"receiptnumber", "paymentmethod", "tip", "amounttendered", "cardissuer"}:
        return False  # payment files contain the last digits of bank cards
    if "last" in card or named:
        return "balance" in card or "last" in card
    if words & {"cardcode", "cardnumber"} and "expires" in card and not words & _SALE_WORDS:
        return True
    of_people = {"first", "last", "phone", "line1", "marketing"} & person.keys()
    return "balance" in card and not of_people


def _sale_kind(header: Sequence[str], words: set[str], contacts: int, rows: Sequence[Sequence[str]]) -> FileKind | None:
    told = len(words & _SALE_WORDS)
    goods = len(words & _GOODS_WORDS)
    sale = find_columns(header, SALE, rows if told > goods else ())
    dated = "day" in sale
    of_goods = "item" in sale or "sku" in sale or "code" in sale
    counted = "quantity" in sale
    if dated and of_goods and counted and (told > goods or (told == 0 and goods == 0)):
        return "sales_lines"
    of_lines = "receipt" in sale and not {"amount", "price"}.isdisjoint(sale) and _names_goods(header)
    if dated and of_lines and told > goods + 1 and sale["receipt"] not in (sale.get("item"), sale.get("sku")):
        return "sales_lines"  # one row each, without a quantity
    of_goods_sold = of_goods and "price" in sale and told > goods and not words.isdisjoint(_PAID)
    if dated and of_goods_sold and _SOLD.search(compact(header[sale["day"]])):
        return "sales_lines"
    if dated and told and told > goods and ("total" in sale or "amount" in sale):
        numbered = "receipt" in sale or (not counted and words & {"id", "reference"})
        if numbered and (contacts < 3 or told >= 3) and not words & {"totalspent", "lifetimespent"}:
            return "receipts"
        return "sales_days" if contacts < 2 else None
    if not dated and of_goods and counted and words & {"netsales", "grosssales", "totalsales", "itemssold", "revenue"}:
        return "sales_summary"
    return None


def _names_goods(header: Sequence[str]) -> bool:
    """Whether a heading means a single product. "Items" may list all products of a receipt."""
    plain = {compact(heading) for heading in header}
    return bool(plain & _NAMES_OF_GOODS) or any({"article", "name"} <= concepts_of(heading) for heading in header)


def _is_staff(words: set[str], person: dict[str, int]) -> bool:
    if not {"name", "first", "last", "email"} & person.keys() and not words & {
        "employeename",
        "staffname",
        "teammember",
    }:
        return False
    found = words & _STAFF_WORDS
    bought = words & {
        "totalspent",
        "totalorders",
        "loyaltypoints",
        "pointsbalance",
        "acceptsemailmarketing",
        "totalvisits",
    }
    return bool(found & _STAFF_ENOUGH or len(found) >= 2) and not bought and not words & _OF_A_SALE


_SYSTEMS: tuple[tuple[str, tuple[frozenset[str], ...]], ...] = (
    (
        "Square",
        (
            frozenset(("token", "itemname", "variationname")),
            frozenset(("itemname", "variationname", "defaultunitcost")),
            frozenset(("netsales", "transactionid", "eventtype")),
            frozenset(("totalcollected", "transactionid", "eventtype")),
            frozenset(("referenceid", "emailaddress", "streetaddress1")),
            frozenset(("pricepointname", "grosssales", "transactionid")),
            frozenset(("totalcollected", "transactionid", "paymentid")),
            frozenset(("squarecustomerid",)),
            frozenset(("giftcardgan",)),
            frozenset(("nickname", "companyname", "creationsource")),
        ),
    ),
    (
        "Shopify",
        (
            frozenset(("variantprice", "handle")),
            frozenset(("acceptsemailmarketing", "totalspent")),
            frozenset(("lineitemname", "financialstatus")),
            frozenset(("lastcharacters", "initialbalance")),
            frozenset(("hscode", "coo", "handle")),
        ),
    ),
    (
        "Lightspeed",
        (
            frozenset(("systemid", "customsku")),
            frozenset(("supplyprice", "retailprice")),
            frozenset(("outletaccess",)),
            frozenset(("customergroupname", "customercode")),
        ),
    ),
    (
        "Loyverse",
        (
            frozenset(("trackstock", "skuofincludeditem")),
            frozenset(("receiptnumber", "receipttype", "costofgoods")),
            frozenset(("receiptnumber", "receipttype", "totalcollected")),
            frozenset(("totalvisits", "pointsbalance")),
        ),
    ),
    (
        "Toast",
        (frozenset(("menuitem", "checkid")), frozenset(("checkid", "server"))),
    ),
    (
        "WooCommerce",
        (frozenset(("regularprice", "visibilityincatalog")), frozenset(("isfeatured", "regularprice"))),
    ),
    (
        "Odoo",
        (
            frozenset(("orderref", "orderlinesproduct")),
            frozenset(("orderref", "receiptnumber", "total")),
            frozenset(("productid", "locationid", "inventoryquantity")),
            frozenset(("externalid", "street2", "zip")),
            frozenset(("internalreference", "salesprice")),
            frozenset(("defaultcode", "listprice")),
            frozenset(("externalid", "name")),
            frozenset(("id", "listprice")),
            frozenset(("amounttotal", "posreference")),
        ),
    ),
    ("ERPNext", (frozenset(("itemcode", "itemgroup", "stockuom")), frozenset(("itemcode", "standardrate")))),
)


def system_of(header: Sequence[str]) -> str:
    """The system that writes such columns; "" if unknown.

    >>> system_of(("Handle", "Title", "Variant Price")), system_of(("Name", "Price"))
    ('Shopify', '')
    """
    words = {compact(heading) for heading in header}
    return next((name for name, signs in _SYSTEMS if any(sign <= words for sign in signs)), "")
