"""Export of products, customers and sales in another system's format, so that a shop can leave easily."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection, open_reader
from edge.counter.reports.events import PastReceipt
from edge.counter.reports.queries import read_past_receipts
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Product
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import read_places
from edge.lib.codes.gtin import as_printed, is_gtin
from edge.lib.i18n import name_in
from edge.lib.tables import write_table
from edge.lib.tax.rules import Rate, TaxClass
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import THOUSANDTHS
from edge.people.customers.customer import Customer
from edge.people.customers.queries import read_customer

System = Literal["square", "odoo"]
_PRODUCTS = "SELECT body, price_minor FROM product WHERE retired_us IS NULL ORDER BY id"
_CUSTOMERS = "SELECT id FROM customer WHERE merged_into IS NULL AND NOT forgotten ORDER BY id"
PRODUCTS: dict[System, tuple[str, ...]] = {
    "square": (
        *("Item Name", "Variation Name", "SKU", "Description", "Categories", "Reporting Category", "GTIN", "Price"),
        *("Option Name 1", "Option Value 1", "Option Name 2", "Option Value 2", "Default Unit Cost"),
    ),
    "odoo": (
        *("Internal Reference", "Name", "Sales Price", "Cost", "Barcode", "Product Category"),
        *("Unit of Measure", "Available in POS", "To Weigh With Scale", "Sales Taxes"),
    ),
}
"""Headings of the systems' own import templates; Square's also has a column for each tax and each place's stock."""
STOCK = ("product_id", "location_id", "inventory_quantity")
"""Odoo's fields of counted stock (`stock.quant`); a product is found by its Internal Reference."""
CUSTOMERS: dict[System, tuple[str, ...]] = {
    "square": (
        *("Reference ID", "First Name", "Last Name", "Email Address", "Phone Number", "Street Address 1"),
        *("Street Address 2", "City", "State", "Postal Code", "Country", "Birthday"),
    ),
    "odoo": ("External ID", "Name", "Email", "Phone", "Street", "Street2", "City", "Zip", "Country"),
}
SALES: dict[System, tuple[str, ...]] = {
    "square": (
        *("Date", "Time", "Time Zone", "Category", "Item", "Qty", "SKU", "Net Sales", "Transaction ID"),
        *("Event Type", "Location"),
    ),
    "odoo": (
        *("Order Ref", "Date", "Order Lines/Product/Internal Reference", "Order Lines/Product"),
        *("Order Lines/Quantity", "Order Lines/Subtotal"),
    ),
}
"""Headings of the systems' reports of sold items: Square's "Items Detail", and order lines of Odoo's point of sale."""
RECEIPTS: dict[System, tuple[str, ...]] = {
    "square": ("Date", "Time", "Time Zone", "Total Collected", "Transaction ID", "Event Type", "Location"),
    "odoo": ("Order Ref", "Date", "Receipt Number", "Total"),
}
"""Column names of whole receipts, by system."""
IMPORTED = "Imported from"
"""The column that marks a line or receipt as imported from another system: the name of its file."""
LIST_PRICES = (
    *("name", "item_ids/applied_on", "item_ids/product_id", "item_ids/compute_price"),
    *("item_ids/fixed_price", "item_ids/min_quantity"),
)
"""Fields of Odoo's price lists, as labels differ by version. A product is found by its Internal Reference."""
_OF_VARIANT, _FIXED = "0_product_variant", "fixed"
_LISTS = """
    SELECT one.list, p.sku, one.price_minor FROM price one JOIN product p ON p.id = one.product_id
    WHERE one.list <> 'store' AND one.until_us IS NULL AND one.from_us <= ?1 AND p.retired_us IS NULL AND NOT EXISTS (
        SELECT 1 FROM price later WHERE later.product_id = one.product_id AND later.list = one.list
        AND later.until_us IS NULL AND later.from_us <= ?1 AND later.from_us > one.from_us)
    ORDER BY one.list, p.sku
"""
_LINES = """
    SELECT p.at_us, p.register, p.number, p.kind, g.sku, g.quantity, g.minor, coalesce(c.body, '{}')
    FROM paper p JOIN paper_product g USING (seq) LEFT JOIN product c ON c.sku = g.sku ORDER BY p.seq, g.sku
"""
_RECEIPTS = "SELECT at_us, register, number, kind, total_minor FROM paper ORDER BY seq"
_STOCK = """
    SELECT s.location, s.sku, sum(s.quantity) FROM stock_row s JOIN product p USING (sku)
    WHERE p.retired_us IS NULL GROUP BY s.location, s.sku HAVING sum(s.quantity) > 0 ORDER BY s.location <> 'main', 1, 2
"""
AXES = 2
GTIN_LENGTHS = frozenset((8, 12, 13, 14))
_ODOO_UNITS = {"piece": "Units", "service": "Units", "kg": "kg", "litre": "L", "metre": "m"}
"""Units with the names that a new Odoo installation uses."""
_ODOO_PLACE = "WH/Stock"


class WrittenOut(msgspec.Struct, frozen=True):
    """The numbers of products, customers, sales lines, receipts and list prices written. `unlisted`: list prices that
    the system can't store. `stocked`: products with stock, counted once per location. `past_lines` and `past_receipts`:
    those imported from another system, which aren't among the others."""

    products: int
    customers: int
    lines: int
    receipts: int
    listed: int = 0
    unlisted: int = 0
    stocked: int = 0
    past_lines: int = 0
    past_receipts: int = 0


class ExportTerms(msgspec.Struct, frozen=True):
    """A shop's export settings: currency, language of names, time zone, location name, taxes by class, and the tax
    class of products without one."""

    currency: str
    language: str
    zone: str
    name: str
    taxes: tuple[TaxClass, ...] = ()
    tax_class: str = ""

    def rates(self, product: Product) -> tuple[Rate, ...]:
        """A product's taxes."""
        wanted = product.tax_class or self.tax_class
        return next((one.rates for one in self.taxes if one.id == wanted), ())


def write_for(
    system: System, db: Connection, folder: Path, terms: ExportTerms, now_us: int, people: bool
) -> WrittenOut:
    """Write `products.csv`, `sales.csv` and `receipts.csv` to a folder; also `customers.csv` if `people`, and
    `pricelists.csv` and `stock.csv` for Odoo. Receipts imported from another system are only in `past-sales.csv` and
    `past-receipts.csv`, each marked with the file from which it came."""
    folder.mkdir(parents=True, exist_ok=True)

    def write(name: str, headings: dict[System, tuple[str, ...]], rows: Iterator[list[str]]) -> int:
        return write_table(folder / f"{name}.csv", "csv", headings[system], rows)

    stock = _read_stock(db, terms)
    if system == "square":
        table = _square_table(db, terms, stock)
        products = write_table(folder / "products.csv", "csv", table.headings, table.rows)
    else:
        products = write("products", PRODUCTS, _odoo_rows(db, terms))
    lines = write("sales", SALES, _line_rows(system, db, terms))
    receipts = write("receipts", RECEIPTS, _receipt_rows(system, db, terms))
    past = _write_past(system, db, folder, terms)
    customers = write("customers", CUSTOMERS, _customer_rows(system, db, now_us)) if people else 0
    prices, stocked = db.execute(_LISTS, (now_us,)).fetchall(), sum(map(len, stock.values()))
    if system == "square":
        return WrittenOut(products, customers, lines, receipts, 0, len(prices), stocked, *past)
    if stock:
        write_table(folder / "stock.csv", "csv", STOCK, _stock_rows(stock))
    listed = 0
    if prices:
        listed = write_table(folder / "pricelists.csv", "csv", LIST_PRICES, _list_rows(prices, terms.currency))
    return WrittenOut(products, customers, lines, receipts, listed, 0, stocked, *past)


def zip_for(system: System, ledger: Path, terms: ExportTerms, now_us: int, people: bool) -> bytes:
    """Return the files that `write_for` writes, in one ZIP archive. Opens the ledger at this path for reading."""
    with TemporaryDirectory() as name, closing(open_reader(ledger)) as db, BytesIO() as archive:
        write_for(system, db, Path(name), terms, now_us, people)
        with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
            for file in sorted(Path(name).iterdir()):
                packed.write(file, file.name)
        return archive.getvalue()


def _list_rows(prices: Sequence[tuple[str, str, int]], currency: str) -> Iterator[list[str]]:
    """Rows of the prices in effect. A list's name is only in its first row, as Odoo expects for rows that belong
    together."""
    above = ""
    for name, sku, minor in prices:
        yield ["" if name == above else name, _OF_VARIANT, sku, _FIXED, show_minor(minor, currency), "0"]
        above = name


def _line_rows(system: System, db: Connection, terms: ExportTerms) -> Iterator[list[str]]:
    categories = {one.id: name_in(one.names, terms.language) for one in read_categories(db)}
    decode = msgspec.json.Decoder(_Named).decode
    for at_us, register, number, kind, sku, quantity, minor, body in db.execute(_LINES):
        product = decode(body)
        name = name_in(product.names or {}, terms.language) or sku
        units, amount = _units(quantity), show_minor(minor, terms.currency)
        paper = _paper_cells(system, terms, at_us, register, number, kind)
        if system == "odoo":
            yield [*paper, sku, name, units, amount]
            continue
        category = categories.get(product.category or "", "")
        yield [*paper[:3], category, name, units, sku, amount, *paper[3:], terms.name]


def _receipt_rows(system: System, db: Connection, terms: ExportTerms) -> Iterator[list[str]]:
    for at_us, register, number, kind, total in db.execute(_RECEIPTS):
        paper, amount = _paper_cells(system, terms, at_us, register, number, kind), show_minor(total, terms.currency)
        if system == "odoo":
            yield [*paper, paper[0], amount]
        else:
            yield [*paper[:3], amount, *paper[3:], terms.name]


def _write_past(system: System, db: Connection, folder: Path, terms: ExportTerms) -> tuple[int, int]:
    """Write the receipts imported from another system, and return the numbers of their lines and of themselves. Without
    any, no file is written."""
    if next(read_past_receipts(db), None) is None:
        return 0, 0
    lines = (folder / "past-sales.csv", (*SALES[system], IMPORTED), _past_line_rows(system, db, terms))
    receipts = (folder / "past-receipts.csv", (*RECEIPTS[system], IMPORTED), _past_receipt_rows(system, db, terms))
    written = [write_table(path, "csv", headings, rows) for path, headings, rows in (lines, receipts)]
    return written[0], written[1]


def _past_line_rows(system: System, db: Connection, terms: ExportTerms) -> Iterator[list[str]]:
    """Lines of imported receipts. Their location and time of day aren't known."""
    names = {one.sku: name_in(one.names or {}, terms.language) for one, _ in _read_products(db)}
    for receipt, source in read_past_receipts(db):
        paper = _past_cells(system, terms, receipt)
        for line in receipt.lines:
            name = line.name or names.get(line.sku) or line.sku
            units, amount = _units(line.quantity), show_minor(line.minor, terms.currency)
            if system == "odoo":
                yield [*paper, line.sku, name, units, amount, source]
            else:
                yield [*paper[:3], "", name, units, line.sku, amount, *paper[3:], "", source]


def _past_receipt_rows(system: System, db: Connection, terms: ExportTerms) -> Iterator[list[str]]:
    for receipt, source in read_past_receipts(db):
        paper, amount = _past_cells(system, terms, receipt), show_minor(receipt.minor, terms.currency)
        if system == "odoo":
            yield [*paper, receipt.number, amount, source]
        else:
            yield [*paper[:3], amount, *paper[3:], "", source]


def _past_cells(system: System, terms: ExportTerms, receipt: PastReceipt) -> list[str]:
    if system == "odoo":
        return [receipt.number, receipt.day]
    return [receipt.day, "", terms.zone, receipt.number, "Payment" if receipt.minor >= 0 else "Refund"]


def _paper_cells(system: System, terms: ExportTerms, at_us: int, register: str, number: int, kind: str) -> list[str]:
    """The cells of a receipt. A void is written as a refund: here it's a negative receipt, but there a void means the
    sale never happened."""
    at, id = datetime.fromtimestamp(at_us / 1e6, ZoneInfo(terms.zone)), f"{register}-{number}"
    if system == "odoo":
        return [id, f"{at:%Y-%m-%d %H:%M:%S}"]
    return [f"{at:%Y-%m-%d}", f"{at:%H:%M:%S}", terms.zone, id, "Payment" if kind == "sale" else "Refund"]


class _Named(msgspec.Struct):
    names: dict[str, str] = {}
    category: str | None = None


def _read_stock(db: Connection, terms: ExportTerms) -> dict[str, dict[str, int]]:
    """Thousandths of each product on hand, by location name. The shop's main location has the shop's name."""
    names, stock = read_places(db), dict[str, dict[str, int]]()
    for location, sku, quantity in db.execute(_STOCK):
        place = terms.name if location == MAIN else name_in(names.get(location, {}), terms.language) or location
        stock.setdefault(place, {})[sku] = quantity
    return stock


def _stock_rows(stock: Mapping[str, Mapping[str, int]]) -> Iterator[list[str]]:
    """Stock rows for a new Odoo: the shop's stock is in "WH/Stock", and other locations are below it."""
    for number, (place, here) in enumerate(stock.items()):
        location = f"{_ODOO_PLACE}/{place}" if number else _ODOO_PLACE
        for sku, quantity in here.items():
            yield [sku, location, _units(quantity)]


def _odoo_rows(db: Connection, terms: ExportTerms) -> Iterator[list[str]]:
    categories = {one.id: name_in(one.names, terms.language) for one in read_categories(db)}
    for product, price in _read_products(db):
        name = name_in(product.names or {}, terms.language) or product.sku
        category = categories.get(product.category or "", "")
        is_weighed = product.unit not in (None, "piece", "service")
        unit = _ODOO_UNITS.get(product.unit or "piece", "Units")
        taxes = ",".join(f"{_percent(rate)}%" for rate in terms.rates(product))
        money = _money(price, product.cost_minor, terms.currency)
        yield [product.sku, name, *money, _code_of(product), category, unit, "True", str(is_weighed), taxes]


class _SquareTable(msgspec.Struct, frozen=True):
    headings: tuple[str, ...]
    rows: Iterator[list[str]]


def _square_table(db: Connection, terms: ExportTerms, stock: Mapping[str, Mapping[str, int]]) -> _SquareTable:
    """Products with a column for each tax, and for the stock of each place."""
    rates = tuple(dict.fromkeys(rate for one in terms.taxes for rate in one.rates))
    taxes = (f"Tax - {rate.name} ({_percent(rate)}%)" for rate in rates)
    places = (f"{quantity} {place}" for place in stock for quantity in ("Current Quantity", "New Quantity"))
    return _SquareTable((*PRODUCTS["square"], *places, *taxes), _square_rows(db, terms, stock, rates))


def _square_rows(
    db: Connection, terms: ExportTerms, stock: Mapping[str, Mapping[str, int]], rates: Sequence[Rate]
) -> Iterator[list[str]]:
    categories = {one.id: name_in(one.names, terms.language) for one in read_categories(db)}
    products = _read_products(db)
    items = _items(products, terms.language)
    for product, price in sorted(products, key=lambda one: items[one[0].sku].place):
        category, item = categories.get(product.category or "", ""), items[product.sku]
        options = [text for axis in (*item.options, *[("", "")] * AXES)[:AXES] for text in axis]
        amount, cost = _money(price, product.cost_minor, terms.currency)
        code, own = _code_of(product), terms.rates(product)
        counted = [_units(here.get(product.sku, 0)) for here in stock.values() for _ in range(2)]
        yield [
            *(item.name, item.variation, product.sku, "", category, category, code, amount, *options, cost),
            *(*counted, *("Y" if rate in own else "N" for rate in rates)),
        ]


def _read_products(db: Connection) -> list[tuple[Product, int | None]]:
    decode = msgspec.json.Decoder(Product).decode
    return [(decode(body), price) for body, price in db.execute(_PRODUCTS)]


def _money(price: int | None, cost: int | None, currency: str) -> tuple[str, str]:
    price_text, cost_text = ("" if one is None else show_minor(one, currency) for one in (price, cost))
    return price_text, cost_text


def _percent(rate: Rate) -> str:
    return f"{Decimal(rate.rate) / 1000:f}"


def _units(thousandths: int) -> str:
    return f"{Decimal(thousandths) / THOUSANDTHS:f}"


def _code_of(product: Product) -> str:
    """A product's barcode; "" unless it's a valid GTIN, as both systems refuse others."""
    codes = [code for one in product.codes or () if (code := as_printed(one))]
    return next((code for code in codes if is_gtin(code) and len(code) in GTIN_LENGTHS), "")


class _Item(msgspec.Struct, frozen=True):
    """A product's position in Square's list: the `name` of its item, and its `variation` and `options`. `place` keeps
    an item's variations together."""

    place: tuple[int, int]
    name: str
    variation: str
    options: tuple[tuple[str, str], ...]


def _items(products: Sequence[tuple[Product, int | None]], language: str) -> dict[str, _Item]:
    """Products as variations of items.

    Square merges rows with the same item name. A variation's name must be unique in its item, and options must be set
    for all variations of an item or for none.
    """
    families: dict[str, list[Product]] = {}
    for product, _ in products:
        families.setdefault(product.variant_of or product.sku, []).append(product)
    by_name: dict[str, list[Product]] = {}
    for family in families.values():
        names = [_item_name(one, language) for one in family]
        by_name.setdefault(names[0], []).extend(family)
    found: dict[str, _Item] = {}
    for place, (name, variations) in enumerate(by_name.items()):
        axes = [tuple((one.axes or {}).items()) for one in variations]
        known = {tuple(heading for heading, _ in one) for one in axes}
        together = len(known) == 1 and len(set(axes)) == len(axes) and len(axes[0]) <= AXES
        said = set[str]()
        for number, (one, options) in enumerate(zip(variations, axes, strict=True)):
            variation = " ".join(value for _, value in options) or "Regular"
            variation = f"{variation} {one.sku}" if variation.casefold() in said else variation
            said.add(variation.casefold())
            found[one.sku] = _Item((place, number), name, variation, options if together else ())
    return found


def _item_name(product: Product, language: str) -> str:
    """A product's name without the values that distinguish its variants."""
    name = name_in(product.names or {}, language) or product.sku
    return name.removesuffix(" ".join((product.axes or {}).values())).strip() or name


def _customer_rows(system: System, db: Connection, now_us: int) -> Iterator[list[str]]:
    for (id,) in db.execute(_CUSTOMERS).fetchall():
        customer = read_customer(db, id, now_us)
        if customer is not None and not customer.hidden:
            yield _customer_cells(system, customer)


def _customer_cells(system: System, one: Customer) -> list[str]:
    address = one.addresses[0] if one.addresses else None
    lines = [*(address.lines if address else ()), "", ""][:2]
    city, province, postal, country = (
        (address.city, address.province, address.postal_code, address.country) if address else ("", "", "", "")
    )
    # A leading plus would be escaped with an apostrophe (as a formula), which no other system understands.
    phone = f" {one.phone}" if one.phone else ""
    if system == "odoo":
        return [one.id, one.name, one.email, phone, *lines, city, postal, country]
    first, _, last = one.name.rpartition(" ") if " " in one.name else (one.name, "", "")
    return [one.id, first, last, one.email, phone, *lines, city, province, postal, country, one.born]
