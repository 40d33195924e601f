"""What reports of other systems have around their rows and in their cells, each rule with a small file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from edge.backoffice.switching.card_file import CardFile
from edge.backoffice.switching.file_reader import look_at
from edge.backoffice.switching.headings import PERSON, find_columns
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.protocol import FileLook, FileQuestion
from edge.goods.ingest.ipc import Began, Entries, ReadRequest, read_frames
from edge.goods.ingest.mapping.headers import unread_money
from edge.goods.ingest.mapping.mapping import mapping_of
from edge.goods.ingest.mapping.row_converter import ImportSettings, ParsedRow
from edge.goods.ingest.reader_process import read
from edge.lib.tables import open_table

RATES = {"standard": 20_000, "reduced": 5_500}
SETTINGS = ImportSettings("EUR", "en", "standard", ("standard", "reduced"), tax_rates=RATES)


def question(folder: Path, text: str, encoding: str = "utf-8") -> FileQuestion:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return FileQuestion(str(path), "look", "EUR", "Europe/Paris", "en", "FR", "FR", "2026-11-29")


def sums_of(look: FileLook) -> tuple[int, int, int]:
    (money,) = look.sums
    assert money.difference_minor == 0
    return money.file_minor, money.taken_minor, money.left_minor


def products(folder: Path, text: str, mapping: str | None = None) -> tuple[Began, list[ParsedRow]]:
    """The products of a whole file, as a move takes them."""
    path = folder / "goods.csv"
    path.write_text(text, "utf-8")
    began: Began | None = None
    rows: list[ParsedRow] = []
    with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as packed:
        for message in read(ReadRequest(str(path), mapping, SETTINGS, (), asks=True), spool):
            if isinstance(message, bytes):
                packed.write(message)
            elif isinstance(message, Began):
                began = message
        packed.seek(0)
        for frame in read_frames(packed):
            assert isinstance(frame, Entries)
            rows += [entry.said for entry in frame.entries if entry.said]
    assert began is not None
    return began, rows


@pytest.mark.parametrize(
    "above",
    [
        "Gift cards\nAs of 28.11.2026\n\n",
        "Gift cards, all shops\n",
        "Shop;Main street\nFrom;01.11.2026\n\n",
        ";;Balances;;\n",
        '"sep=;"\n',
    ],
)
def test_titles_above_the_headings_are_no_headings(tmp_path: Path, above: str) -> None:
    rows = "Card number;Issued on;Original value;Balance;Expires\nGIFT-000001;01.02.2026;50,00;12,50;31.12.2028\n"
    look = look_at(question(tmp_path, above + rows))
    assert (look.kind, look.columns["balance"], sums_of(look)) == ("gift_cards", "Balance", (1250, 1250, 0))


def test_headings_repeated_on_each_page_and_totals_are_no_rows(tmp_path: Path) -> None:
    header = "Date,Receipt number,Item,Quantity,Net sales\n"
    text = f"{header}2026-07-18,1,Tea,2,5.00\nTotal,,,2,5.00\n{header}2026-07-19,2,Tea,1,2.50\nGrand total,,,3,7.50\n"
    look = look_at(question(tmp_path, text))
    assert sums_of(look) == (750, 750, 0), "no total is counted twice"
    assert [(one.why, one.rows) for one in look.left] == [("not_goods", 2)]
    began, found = products(tmp_path, "Product,Price,In stock\nMug,4.00,3\nTotal Care,6.00,1\nTotal,10.00,4\n")
    assert [row.product.names for row in found] == [{"en": "Mug"}, {"en": "Total Care"}]
    assert began.fields["Price"] == "price"


def test_abbreviations_of_databases_are_read_in_full(tmp_path: Path) -> None:
    text = "TKT_NO,TKT_DT,ITEM_NO,DESCR,QTY_SOLD,PRC,EXT_PRC\nT1,11/27/2026,1001,Boot,2,7.50,15.00\n"
    look = look_at(question(tmp_path, text))
    assert (look.kind, look.columns["day"], sums_of(look)) == ("sales_lines", "TKT_DT", (1500, 1500, 0))


def test_only_the_first_line_of_an_order_names_it_and_its_sums_are_the_orders(tmp_path: Path) -> None:
    text = (
        "Order Ref,Date,Order Lines/Product,Order Lines/Quantity,Order Lines/Subtotal,Total\n"
        "S1,2026-11-27,Tee,2,35.82,49.82\n,,Mug,1,14.00,\nS2,2026-11-28,Mug,-1,-14.00,-14.00\n"
    )
    look = look_at(question(tmp_path, text))
    assert (look.columns["amount"], sums_of(look), look.left) == ("Order Lines/Subtotal", (3582, 3582, 0), ())


def test_an_amount_without_its_discount_is_known_by_tax_and_total(tmp_path: Path) -> None:
    text = "Date,Item,Qty,Subtotal,Discount,Tax,Total\n2026-11-27,Boot,1,79.00,7.90,5.87,76.97\n"
    assert sums_of(look_at(question(tmp_path, text))) == (7110, 7110, 0)
    text = "Date,Item,Qty,Subtotal,Discount,Tax,Total\n2026-11-27,Boot,1,71.10,7.90,5.87,76.97\n"
    assert sums_of(look_at(question(tmp_path, text))) == (7110, 7110, 0)


def test_whether_to_keep_what_customers_bought_is_asked_where_something_identifies_them(tmp_path: Path) -> None:
    header = "Date,Receipt number,Item,Quantity,Net sales,Customer name,{contact}\n"
    rows = "2026-11-01,1,Tea,1,2.50,Dana,dana@example.org\n2026-11-02,2,Tea,1,2.50,,\n"
    rows += "2024-11-02,3,Tea,1,2.50,Bo,bo@example.org\n"
    look = look_at(question(tmp_path, header.format(contact="Customer contacts") + rows))
    assert [(one.id, one.rows) for one in look.questions] == [("buyers", 1)], "not of years ago"
    assert not look_at(question(tmp_path, header.format(contact="Remark") + rows)).questions, "a name may be anyone's"


def test_a_column_with_nothing_but_money_is_asked_about_whatever_it_is_called(tmp_path: Path) -> None:
    look = look_at(question(tmp_path, "Name,Email,Phone,Kitty,Nil\nAnn,ann@example.org,,12.50,0.00\n"))
    assert [one.id for one in look.questions] == ["money:Kitty"], "zeros are no money"


def test_a_column_of_days_is_the_day_of_a_sale_whatever_it_is_called(tmp_path: Path) -> None:
    header = ("Beleg", "Registriert", "Artikel", "Menge", "Betrag", "Zahlungsart")
    assert kind_of(header, [["1", "28.11.2026 09:12", "Tee", "1", "2,50", "Bar"]]) == "sales_lines"
    assert kind_of(header, [["1", "Anna", "Tee", "1", "2,50", "Bar"]]) != "sales_lines"
    goods = ("Name", "SKU", "Price", "Quantity", "Changed")
    assert kind_of(goods, [["Mug", "M", "4.00", "3", "2026-11-28"]]) == "catalogue", "a product changes on a day too"


@pytest.mark.parametrize(
    ("beside", "returned", "kept"),
    [
        ("Returned", "True", (1200, 0, 1200)),
        ("Refunded", "Yes", (1200, 0, 1200)),
        ("Refunded", "R-1001", (1200, 1200, 0)),
        ("Order Payment State", "OPEN", (1200, 0, 1200)),
        ("Order Payment State", "PAID", (1200, 1200, 0)),
    ],
)
def test_a_line_given_back_or_never_paid_is_not_sold(
    tmp_path: Path, beside: str, returned: str, kept: tuple[int, int, int]
) -> None:
    text = f"Created Date,Order ID,Product Name,Quantity,Line total,{beside}\n2026-11-27,7,Burger,1,12.00,{returned}\n"
    assert sums_of(look_at(question(tmp_path, text))) == kept


def test_the_line_of_a_return_itself_counts_below_zero(tmp_path: Path) -> None:
    text = "Created Date,Order ID,Product Name,Quantity,Line total,Returned\n2026-11-27,7,Burger,-1,-12.00,True\n"
    assert sums_of(look_at(question(tmp_path, text))) == (-1200, -1200, 0)


@pytest.mark.parametrize(("price", "total"), [("5,00", 750), ("2,50", 750)])
def test_what_a_price_is_of_is_seen_from_goods_sold_once_and_several_at_a_time(
    tmp_path: Path, price: str, total: int
) -> None:
    """Some reports have the price of a unit, others that of the whole line, and both call it a price."""
    text = f"Date;Receipt;Description;Quantity;Price\n28.11.2026;1;Tea;1;2,50\n28.11.2026;2;Tea;2;{price}\n"
    assert sums_of(look_at(question(tmp_path, text))) == (total, total, 0)


def test_a_card_code_with_an_amount_and_an_expiry_is_a_gift_card(tmp_path: Path) -> None:
    text = "card_code,amount,account,expiration_date\n123456,100.56,2,12/31/2027 13:17:09\n167132,50,3,\n"
    ask = question(tmp_path, text)
    assert look_at(ask).kind == "gift_cards"
    cards = CardFile(ask, lambda: open_table(Path(ask.path), "en")).cards
    assert [(one.minor, one.expires_on) for one in cards] == [(10_056, "2027-12-31"), (5_000, "")]


@pytest.mark.parametrize(
    ("header", "field", "meant"),
    [
        ("Name|Email|Rewards Balance", "points", "Rewards Balance"),
        ("Name|Email|Points earned|Points redeemed|Loyalty points left", "points", "Loyalty points left"),
        ("Name|Email|Lifetime points", "points", ""),
        ("Name|Email|Custom@Birthday", "born", "Custom@Birthday"),
        ("Name|Email|Customer ID|Card code", "code", "Card code"),
        ("Nom|E-mail|Points fidélité", "points", "Points fidélité"),
        ("Name|Email|Home|Work", "other_phone", "Home"),
        ("CUST_NO|NAM|LOY_PTS_BAL", "points", "LOY_PTS_BAL"),
    ],
)
def test_a_customers_column_is_known_by_the_words_in_its_heading(header: str, field: str, meant: str) -> None:
    columns = tuple(header.split("|"))
    place = find_columns(columns, PERSON).get(field)
    assert ("" if place is None else columns[place]) == meant


def test_a_price_without_tax_comes_before_a_price_per_kilogram(tmp_path: Path) -> None:
    text = "Reference;Name;Price tax excluded;Unit price;Active\nTEA;Tea;5.213270;52.132700;1\nOLD;Old;4.00;0.00;0\n"
    began, _ = products(tmp_path, text)
    assert began.fields["Price tax excluded"] == "price" and began.unread_money == ("Unit price",)
    mapping = mapping_of(began.fields, "", {}, {}, "add_tax")
    _, (tea, old) = products(tmp_path, text, mapping)
    assert (tea.product.price_minor, tea.listed_minor, tea.rounded) == (626, 521, {"price": "0.3270"})
    assert (tea.retired, old.retired) == (False, True)


def test_a_cost_of_more_decimals_than_the_currency_is_rounded_and_says_by_how_much(tmp_path: Path) -> None:
    _, (one,) = products(tmp_path, "SKU,Name,Price,Cost\nA,Ale,4.00,1.2375\n")
    assert (one.product.cost_minor, one.rounded) == (124, {"cost": "-0.25"})


@pytest.mark.parametrize(("other", "cost"), [("0,9", 420), ("1.100,00", 420), ("0.9", 420_000)])
def test_what_may_be_thousands_is_decided_by_the_whole_column(tmp_path: Path, other: str, cost: int) -> None:
    sign = "," if cost == 420 else "."
    asked = "4,200"
    text = f"SKU;Name;Price;Cost\nA;Ale;8000{sign}00;{asked}\nB;Bun;3{sign}00;{other}\n"
    _, rows = products(tmp_path, text)
    assert rows[0].product.cost_minor == cost


def test_parents_beside_subcategories_are_categories_and_no_variants(tmp_path: Path) -> None:
    text = "SKU,Name,Price,Parent,Subcategory,Category\nA,Mug,12.00,Home,Kitchen,Mugs\nB,Cup,14.50,Home,Kitchen,Cups\n"
    _, rows = products(tmp_path, text)
    assert [row.product.variant_of for row in rows] == [None, None]


def test_the_id_in_the_first_column_numbers_rows_without_a_sku(tmp_path: Path) -> None:
    text = "Clover ID,Name,Price,SKU\nX1,Coffee,2.75,DRIP\nX2,Open food,,\n"
    _, rows = products(tmp_path, text)
    assert [row.product.sku for row in rows] == ["DRIP", "X2"]


def test_stock_and_reorder_point_of_a_place_belong_together(tmp_path: Path) -> None:
    text = "SKU,Name,Price,Qty Main Street,Reorder Main Street,Qty on order\nA,Mug,12.00,10,2,99\n"
    _, (mug,) = products(tmp_path, text)
    assert (mug.on_hand, mug.product.minimum) == (10_000, 2_000)


def test_money_is_asked_about_in_any_language_and_with_any_number_of_decimals() -> None:
    rows = [["A", "0,900", "0.000000"], ["B", "4,20", "0.000000"]]
    assert unread_money(("SKU", "Sonderpreis", "Ecotax"), {0}, rows) == ("Sonderpreis",), "zeros are no money"


def test_usual_taxes_of_other_systems_are_the_shops_and_untaxed_is_its_zero_rate(tmp_path: Path) -> None:
    settings = ImportSettings("EUR", "en", "standard", ("standard", "none"), tax_rates={"standard": 20_000, "none": 0})
    path = tmp_path / "goods.csv"
    path.write_text("SKU,Name,Price,Tax Rates\nA,Ale,4.00,DEFAULT\nB,Bun,3.00,NO_TAX_APPLIED\nC,Cup,2.00,Luxury\n")
    rows: list[ParsedRow] = []
    with tempfile.TemporaryFile() as spool:
        for message in read(ReadRequest(str(path), None, settings, (), sample=50, asks=True), spool):
            if isinstance(message, Entries):
                rows += [entry.said for entry in message.entries if entry.said]
    assert [row.product.tax_class for row in rows] == [None, "none", None]
    assert [[note.reason for note in row.notes] for row in rows] == [[], [], ["tax_class_unknown"]]
