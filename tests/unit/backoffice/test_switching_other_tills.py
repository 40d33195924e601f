"""Exports of tills in other countries and trades, and of places and cards, with rows as their users have them.

Headings are those of the systems' public help pages and of exports that others published; every row is made up.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.backoffice.switching.card_file import CardFile
from edge.backoffice.switching.customer_file import CustomerFile
from edge.backoffice.switching.file_reader import look_at
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.moved import FileKind
from edge.backoffice.switching.protocol import FileQuestion, ShopChoices
from edge.backoffice.switching.sales_file import SalesFile
from edge.backoffice.switching.stock_file import StockFile
from edge.goods.ingest.mapping.headers import guess_fields
from edge.goods.ingest.mapping.heading_words import in_english
from edge.lib.tables import open_table

HEADERS: tuple[tuple[FileKind, str], ...] = (
    # Paladin
    (
        "catalogue",
        "partnumber|altpartnumber|description1|stockonhand|mktcost|avgcost|netprice|plvl_price1|upccode|lastsaledate",
    ),
    # IdoSoft
    ("catalogue", "SKU|Vendor SKU|Vendor|Cat.|Description Full|Qty.|Std. Cost|Retail|Sug. Retail|Last Sale|Barcode"),
    # Easyshop
    ("catalogue", "ID|REFERENCE INTERNE|CODE BARRE|NOM|COULEUR FOND|CATEGORIE|PRIX TTC|TVA|STOCK|SUPPRIMER"),
    # Aloha
    ("sales_lines", "TYPE|EMPLOYEE|CHECK|ITEM|CATEGORY|HOUR|PRICE|DOB|QUANTITY|DISCPRICE|BOHNAME"),
    # Green Check
    (
        "sales_lines",
        "transaction_id|receipt_date|customer_id_number|employee_name|product_id|product_name|product_grams"
        "|product_price_per_unit|transaction_subtotal|transaction_total|transaction_cash_paid",
    ),
    # Nayax
    ("sales_lines", "Machine|Product|Sold On|Price|Payment"),
    # Lightspeed L
    ("receipts", "Bedrijfs-ID|Volgnummer|Kasticket-ID|Aanmaakdatum|Voltooiingsdatum|Status|Totaal|Betaald"),
    ("receipts", "Receipt No|Date|Items|Total (EUR)|Payment Method|Cashier"),
    ("sales_lines", "Data|N. scontrino|Reparto|Articolo|Q.tà|Prezzo unit.|Sconto|Totale|IVA"),
    ("sales_lines", "Data sprzedaży|Nr paragonu|Kod|Nazwa towaru|Ilość|Cena brutto|Wartość brutto|Stawka VAT"),
    ("sales_lines", "Booking time|Receipt number|Product number|Product name|Quantity|Gross price|Total gross|Cashier"),
    ("sales_days", "N° Z|Date de clôture|Nb tickets|CA TTC|CA HT|TVA 20 %|Espèces|Carte bancaire"),
    ("sales_days", 'מספר Z|תאריך|כמות עסקאות|סה"כ מכירות|מע"מ|מזומן|אשראי'),
    ("gift_cards", "N° carte|Date d'émission|Montant initial|Montant restant|Date de fin de validité|Statut|Client"),
    ("gift_cards", "מספר תו|תאריך הנפקה|סכום מקורי|יתרה לניצול|תוקף|סטטוס"),
    ("gift_cards", "Card #|Balance|Status|Last Activity|Activation Date"),
    ("gift_cards", "code|balance|outlet|original|expiry"),
    ("customers", "Nom|Prénom|Email|Civilité|Société|Code postal|Ville|Pays|Téléphone|Points de fidélité|EAN"),
    ("staff", "Login|Prénom|Nom|Profil|Code PIN|Actif"),
    ("taxes", "Code|Description|Rate %"),
    # Treez
    ("stock", "storeid|product_id|productname|location_name|batch_id|unit_of_measure|available_units|cost_per_unit"),
    # POSIM, Unleashed, Hike
    ("stock", "SKU|Quantity|Location|Who"),
    ("stock", "*Product Code|Product Description|Warehouse Code|Bin Location|Qty On Hand|Available Qty"),
    ("stock", "Product name|SKU|Barcode|Outlet|Stock on hand|Committed|Incoming|Reorder point"),
    ("stock", 'מק"ט|תאור|מחסן|יתרת מלאי'),
)


def asked(folder: Path, text: str, encoding: str = "utf-8", **answers: str) -> FileQuestion:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    he = encoding == "cp1255"
    place = ("ILS", "Asia/Jerusalem", "he", "IL", "IL") if he else ("EUR", "Europe/Paris", "en", "FR", "FR")
    return FileQuestion(str(path), "look", *place, "2026-11-29", answers=answers)


def people(ask: FileQuestion) -> CustomerFile:
    return CustomerFile(ask, lambda: open_table(Path(ask.path), ask.language))


def stock(ask: FileQuestion) -> StockFile:
    return StockFile(ask, lambda: open_table(Path(ask.path), ask.language))


@pytest.mark.parametrize(("kind", "header"), HEADERS)
def test_a_file_is_known_by_its_columns(kind: FileKind, header: str) -> None:
    assert kind_of(header.split("|")) == kind


@pytest.mark.parametrize(
    ("header", "field", "heading"),
    [
        ("Custom SKU|Description|Default Cost|Default Price|MSRP", "price", "Default Price"),
        ("SKU|Name|RRP|Unit price", "price", "RRP"),
        ("Stock Item|Name|Price|Track Inventory|Quantity", "on_hand", "Quantity"),
        ("System ID|Item|Price|Main St - QOH|Main St - Reorder Point|Market - QOH", "on_hand", "Main St - QOH"),
        ("קוד פריט|שם פריט|מחיר לצרכן|חייב מע\"מ|יח' מידה", "unit", "יח' מידה"),
        ("קוד פריט|שם פריט|מחיר לצרכן|חייב מע\"מ|יח' מידה", "tax_rate", 'חייב מע"מ'),
        ("Artikelnr|Artikel|Warengruppe|Preis", "sku", "Artikelnr"),
        ("Number|Name|Price Retail|Deactivated", "retired", "Deactivated"),
        ("Nom du produit|Prix de vente TTC|TVA sur place|Coût matière", "cost", "Coût matière"),
    ],
)
def test_a_column_of_products_is_understood(header: str, field: str, heading: str) -> None:
    columns = tuple(header.split("|"))
    assert [columns[at] for at in guess_fields(columns, "en")[field]] == [heading]


def test_a_number_sign_and_short_tails_of_compounds_are_read() -> None:
    assert [in_english(one) for one in ("N. scontrino", "Artikelnr", "Nb tickets")] == ["receipt number", "sku", ""]


def test_refunds_of_an_aloha_check_are_known_by_their_type(tmp_path: Path) -> None:
    text = """\
TYPE,EMPLOYEE,CHECK,ITEM,CATEGORY,HOUR,PRICE,DOB,QUANTITY,DISCPRICE,BOHNAME
0,101,10012,5001,3,12,12.50,07/13/2026,1,10.00,BURGER
1,101,10013,5002,3,12,3.25,07/13/2026,1,3.25,FRIES
"""
    ask = asked(tmp_path, text)
    sales = SalesFile(ask, lambda: open_table(Path(ask.path), "en"))
    burger, fries = sales.rows()
    assert (burger.day, burger.sku, burger.item, burger.minor) == ("2026-07-13", "5001", "BURGER", 1000)
    assert (fries.sold, fries.returned, fries.minor) == (0, 1000, -325)


def test_rows_without_a_quantity_count_once_and_the_page_says_so(tmp_path: Path) -> None:
    rows = ("M1,Coke,2026-07-13 12:01,1.50,Card", "M1,Coke,2026-07-13 12:05,1.50,Cash")
    text = "\n".join(("Machine,Product,Sold On,Price,Payment", *rows, ""))
    look = look_at(asked(tmp_path, text))
    assert (look.kind, look.sums[0].taken_minor, look.rules) == ("sales_lines", 300, ("no_quantity",))


def test_an_article_of_numbers_beside_its_description_is_no_name(tmp_path: Path) -> None:
    text = """\
Data;Nº Fatura;Artigo;Descrição;Qtd;Preço Unit.;Total Líquido;Total c/ IVA;Estado
2026-07-13;FT 1/12;A1;Café;2;0,80;1,30;1,60;Normal
2026-07-13;FT 1/13;A1;Café;1;0,80;0,65;0,80;Anulado
"""
    look = look_at(asked(tmp_path, text))
    assert (look.columns["sku"], look.columns["item"]) == ("Artigo", "Descrição")
    assert [(one.taken_minor, one.left_minor) for one in look.sums] == [(160, 80)]


ORDERS = """\
{"orders": [
 {"id": 1, "name": "#1001", "created_at": "2026-07-13T12:01:00Z", "financial_status": "paid", "total_price": "9.00",
  "line_items": [{"id": 11, "name": "Latte", "quantity": 1, "price": "4.00", "sku": "LAT"},
                 {"id": 12, "name": "Cake", "quantity": 2, "price": "2.50", "sku": "CAK"}]},
 {"id": 2, "name": "#1002", "created_at": "2026-07-14T12:01:00Z", "financial_status": "voided", "total_price": "4.00",
  "line_items": [{"id": 13, "name": "Latte", "quantity": 1, "price": "4.00", "sku": "LAT"}]}]}
"""


def test_orders_in_json_are_read_line_by_line(tmp_path: Path) -> None:
    look = look_at(asked(tmp_path, ORDERS))
    assert (look.kind, look.lines, look.counts["receipts"]) == ("sales_lines", 3, 1)
    assert [(one.taken_minor, one.left_minor) for one in look.sums] == [(900, 400)]
    goods = '[{"sku": "BOX", "name": "Box", "price": 9, "items": [{"sku": "A", "quantity": 1}]}]'
    assert "items.1.sku" in look_at(asked(tmp_path, goods)).header, "parts of a product are no lines"


def test_a_credit_note_in_hebrew_is_a_return(tmp_path: Path) -> None:
    text = """\
מספר מסמך,סוג מסמך,תאריך מסמך,קוד פריט,שם פריט,כמות,מחיר,"סה""כ כולל מע""מ"
5001,חשבונית מס קבלה,13/07/26,100,חלב,2,6.90,13.80
5002,זיכוי,14/07/26,100,חלב,1,6.90,6.90
"""
    look = look_at(asked(tmp_path, text, "cp1255"))
    assert (look.counts["receipts"], look.sums[0].taken_minor) == (2, 690)


def test_cards_in_french_come_with_their_rest_and_last_day(tmp_path: Path) -> None:
    text = """\
N° carte;Date d'émission;Montant initial;Montant restant;Date de fin de validité;Statut
CC-100200;12/01/2026;50,00;12,50;31/01/2028;Active
CC-100201;12/01/2024;50,00;50,00;31/01/2025;Expirée
TOTAL;;100,00;62,50;;
"""
    ask = asked(tmp_path, text, "cp1252")
    (card,) = CardFile(ask, lambda: open_table(Path(ask.path), "fr")).cards
    assert (card.minor, card.expires_on) == (1250, "2028-01-31")


def test_customers_in_hebrew_have_phones_births_points_and_consent(tmp_path: Path) -> None:
    text = """\
מס' לקוח,שם משפחה,שם פרטי,סלולרי,ת. לידה,יתרת נקודות,אישור דיוור
1001,כהן,דנה,050-1234567,23/04/1987,120,כן
1002,לוי,אבי,0529876543,,0,לא
"""
    dana, avi = people(asked(tmp_path, text, "cp1255")).people
    assert (dana.name, dana.phone, dana.born) == ("דנה כהן", "+972501234567", "1987-04-23")
    assert (dana.points, dana.marketing, avi.marketing) == (120, True, False)


def test_a_dutch_customer_has_their_infix_and_house_number(tmp_path: Path) -> None:
    text = """\
Klantnr;Voornaam;Tussenvoegsel;Achternaam;Straat;Huisnummer;Postcode;Woonplaats;Land;Spaarpunten;Openstaand saldo
1;Jan;van;Dijk;Dorpsstraat;5a;1011 AB;Amsterdam;NL;120;-5,00
"""
    file = people(asked(tmp_path, text))
    (jan,) = file.people
    assert jan.address is not None
    assert (jan.name, jan.address.lines, jan.points) == ("Jan van Dijk", ("Dorpsstraat 5a",), 120)
    assert [question.id for question in file.look().questions] == ["member", "owed"]


@pytest.mark.parametrize(
    ("phone", "country", "read"),
    [
        ("420601123456", "CZ", "+420601123456"),  # the country's code without a plus
        ("415-555-0101", "USA", "+14155550101"),
        ("0612345678", "FRA", "+33612345678"),
        ("06 12 34 56 78", "", "+33612345678"),
        ("555-0101", "USA", ""),
    ],
)
def test_a_phone_is_dialled_as_in_the_customers_country(tmp_path: Path, phone: str, country: str, read: str) -> None:
    (one,) = people(asked(tmp_path, f"Name;Phone;Country;Email\nAda;{phone};{country};a@example.org\n")).people
    assert one.phone == read


def test_names_with_the_last_one_first_are_turned_round(tmp_path: Path) -> None:
    text = 'Customer Name,Email\n"Long, Ada",ada@example.org\n"van Dijk, Bo",bo@example.org\n'
    assert [one.name for one in people(asked(tmp_path, text)).people] == ["Ada Long", "Bo van Dijk"]
    mixed = 'Customer Name,Email\n"Long, Ada",ada@example.org\n"Bo Short",bo@example.org\n'
    assert [one.name for one in people(asked(tmp_path, mixed)).people] == ["Long, Ada", "Bo Short"]


@pytest.mark.parametrize(
    ("heading", "agreed"),
    [("promotional_opt_in", True), ("Accepte emails", True), ("Accepte SMS", False), ("Marketing opt-in date", False)],
)
def test_only_consent_to_mails_is_consent(tmp_path: Path, heading: str, agreed: bool) -> None:
    (one,) = people(asked(tmp_path, f"Name;Email;{heading}\nAda;ada@example.org;yes\n")).people
    assert one.marketing is agreed


STOCK_OF_TWO = """\
Handle,Title,Option1 Name,Option1 Value,SKU,Location,On hand (current)
tee,Classic Tee,Size,S,TEE-S,Main St,5
tee,Classic Tee,Size,S,TEE-S,Market,3
mug,Mug,,,,Main St,2.5
cap,Cap,,,CAP,Main St,not stocked
old,Old,,,OLD,Main St,-4
"""


@pytest.mark.parametrize(
    ("place", "kept", "left"),
    [
        ("", [], {"place_asked": 5}),
        ("Main St", [("TEE-S", 5000), ("", 2500)], {"place": 1, "stock_none": 1, "stock_negative": 1}),
        ("Market", [("TEE-S", 3000)], {"place": 4}),
        ("all", [("TEE-S", 8000), ("", 2500)], {"stock_none": 1, "stock_negative": 1}),
    ],
)
def test_stock_is_that_of_the_place_that_the_user_says(
    tmp_path: Path, place: str, kept: list[tuple[str, int]], left: dict[str, int]
) -> None:
    file = stock(asked(tmp_path, STOCK_OF_TWO, place=place))
    assert [(one.sku, one.thousandths) for one in file.rows()] == kept
    assert {one.why: one.rows for one in file.look().left} == left
    asks = [(one.id, one.choices) for one in file.look().questions]
    assert asks == ([] if place else [("place:Main St", ("main", "leave")), ("place:Market", ("main", "leave"))])


def test_each_place_of_a_file_is_one_of_the_shops_or_another_shop(tmp_path: Path) -> None:
    """Odoo's stock.quant by label: each row is the stock of one location (odoo.com/documentation, Inventory report)."""
    quants = """\
Location,Product,Lot/Serial Number,On Hand Quantity
WH/Stock,[TEE] Tee,,5
WH/Stock/Cellar,[TEE] Tee,LOT1,3
WH/Stock/Cellar,[TEE] Tee,LOT2,1.5
PARIS/Stock,[TEE] Tee,,40
WH/Stock,[CAP] Cap,,-2
"""
    said = {"place:WH/Stock": "main", "place:WH/Stock/Cellar": "cellar", "place:PARIS/Stock": "leave"}
    ask = msgspec.structs.replace(asked(tmp_path, quants), choices=ShopChoices(("main", "cellar")))
    asks = [(one.id, one.choices, one.heading) for one in stock(ask).look().questions]
    assert asks == [(id, ("main", "cellar", "leave"), id.removeprefix("place:")) for id in said]
    file = stock(msgspec.structs.replace(ask, answers=said))
    assert [(one.item, one.location, one.thousandths) for one in file.rows()] == [
        ("[TEE] Tee", "main", 5000),
        ("[TEE] Tee", "cellar", 4500),
    ]
    look = file.look()
    assert not look.questions
    assert [msgspec.structs.astuple(one) for one in look.stock] == [
        ("WH/Stock", "main", 3000, 5000, -2000),
        ("WH/Stock/Cellar", "cellar", 4500, 4500, 0),
        ("PARIS/Stock", "", 40_000, 0, 40_000),
    ]


def test_stock_of_dozens_of_places_asks_for_one(tmp_path: Path) -> None:
    many = "SKU,Location,Quantity\n" + "".join(f"A,Shop {number},1\n" for number in range(20))
    (question,) = stock(asked(tmp_path, many)).look().questions
    assert (question.id, len(question.choices)) == ("place", 21)


def test_stock_of_one_place_asks_nothing_and_columns_of_places_do(tmp_path: Path) -> None:
    assert not stock(asked(tmp_path, "SKU,Location,Quantity\nA,Shop,2\nB,Shop,3\n")).look().questions
    wide = "SKU,Name,Stock [Main],Stock [Market]\nTEE,Tee,5,2\n"
    questions = stock(asked(tmp_path, wide)).look().questions
    assert [one.id for one in questions] == ["place:Stock [Main]", "place:Stock [Market]"]
    (row,) = stock(asked(tmp_path, wide, place="Stock [Market]")).rows()
    assert (row.sku, row.thousandths) == ("TEE", 2000)
