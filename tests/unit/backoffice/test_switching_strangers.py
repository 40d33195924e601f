"""Exports of systems that no list here names, in odd but legal forms, read where the sandboxed process reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.switching.card_file import CardFile
from edge.backoffice.switching.customer_file import CustomerFile
from edge.backoffice.switching.file_reader import look_at
from edge.backoffice.switching.protocol import FileQuestion
from edge.lib.tables import open_table

CUSTOMERS = """\
full_name;address_postal_code;email;date_of_birth;mobile_number;lookup_id;membership_point;credit_balance
Renée Müller;75001;renee@example.org;24/03/81;+33 6 12 34 56 78;M-001;1,250;1.025,50
Jo Tan;69001;tan@example.org;05/11/06;0612345679;M-002;0;0,00
"""
LINES = """\
Timestamp\tReceipt number\tTransaction status\tLine item type\tName\tQuantity\tExtended amount
28.07.2026 13:30:05\t1001\tFinished\tSale\tCola\t2\t2,80
28.07.2026 13:35:00\t1002\tCanceled\tSale\tCola\t1\t1,40
29.07.2026 09:00:00\t1003\tFinished\tReturn\tCola\t1\t1,40
"""
CREDITS = """\
Store Credit Number,Customer ID,Current Balance,Original Value,Issue Date,Expiration Date,Customer Name
900100200300,CUS-17,25.00,50.00,01-15-2026,01-15-2027,Ada Long
900100200301,CUS-18,10.50,10.50,02-20-2026,,Bo Short
"""
LINES_IN_GERMAN = """\
Belegnummer;Datum;Uhrzeit;Artikelnummer;Artikelbezeichnung;Menge;Einzelpreis;Rabatt;Storniert
100;28.07.2026;13:30:05;17;Cola 0,33;2;1,40 €;0,20 €;nein
101;28.07.2026;13:35:05;17;Cola 0,33;1;1,40 €;;ja
102;03.08.2026;9:05:05;18;Käse;0,250;20,00 €;10 %;nein
"""
CARDS_IN_GERMAN = """\
Gutscheinnummer;Ausgabedatum;Gültig bis;Ausgabewert;Restwert;Status
GS-2026-0001;01.02.2026;31.12.2028;50,00 €;12,50 €;aktiv
GS-2026-0002;01.02.2026;31.12.2028;25,00 €;25,00 €;gesperrt
"""
SOLD_AT_SHOPIFY = """\
Day,Sale ID,Transaction type,Product title at time of sale,Product variant SKU at time of sale,Net items sold,Net sales
2026-07-18,111,Sale,Classic Tee,TEE-S,2,35.82
2026-07-19,112,Return,Classic Tee,TEE-S,-1,-17.91
"""


def asked(folder: Path, data: bytes) -> FileQuestion:
    path = folder / "export.csv"
    path.write_bytes(data)
    return FileQuestion(str(path), "look", "EUR", "Europe/Paris", "en", "FR", "FR", "2026-11-29")


def test_births_of_two_digits_before_1990_and_points_of_members_come_along(tmp_path: Path) -> None:
    """The columns of epos.com.sg's customer import, with semicolons in cp1252."""
    ask = asked(tmp_path, CUSTOMERS.encode("cp1252"))
    people = CustomerFile(ask, lambda: open_table(Path(ask.path), "en"))
    renee, jo = people.people
    assert (renee.born, renee.points, renee.owed_minor, renee.code) == ("1981-03-24", 1250, -102_550, "M-001")
    assert jo.born == "2006-11-05"
    assert not people.look().left


def test_a_line_is_returned_or_cancelled_by_whichever_column_says_so(tmp_path: Path) -> None:
    """The fields of RETAIL7's transactions, with tabs in UTF-16."""
    look = look_at(asked(tmp_path, LINES.encode("utf-16")))
    (money,) = look.sums
    assert (look.kind, money.taken_minor, money.left_minor, money.difference_minor) == ("sales_lines", 140, 140, 0)
    assert [one.why for one in look.left] == ["cancelled"]


def test_store_credits_with_numbers_are_cards(tmp_path: Path) -> None:
    """The columns of MicroBiz's store credits."""
    look = look_at(asked(tmp_path, CREDITS.encode()))
    assert (look.kind, look.counts["gift_cards"], look.sums[0].taken_minor) == ("gift_cards", 2, 3550)


def test_german_lines_know_cancelled_ones_discounts_and_a_quarter_of_a_kilo(tmp_path: Path) -> None:
    look = look_at(asked(tmp_path, LINES_IN_GERMAN.encode("cp1252")))
    (money,) = look.sums
    assert (look.kind, money.taken_minor, money.difference_minor) == ("sales_lines", 260 + 450, 0)
    assert ([one.why for one in look.left], look.questions) == (["cancelled"], ()), "the day is before the month"


def test_a_blocked_card_stays_where_it_is_in_any_language(tmp_path: Path) -> None:
    look = look_at(asked(tmp_path, CARDS_IN_GERMAN.encode("cp1252")))
    (money,) = look.sums
    assert (look.columns["expires"], money.taken_minor, money.left_minor) == ("Gültig bis", 1250, 2500)


def test_shopifys_report_names_a_product_at_the_time_of_its_sale(tmp_path: Path) -> None:
    look = look_at(asked(tmp_path, SOLD_AT_SHOPIFY.encode()))
    sku = "Product variant SKU at time of sale"
    assert (look.kind, look.columns["sku"], look.sums[0].taken_minor) == ("sales_lines", sku, 1791)


@pytest.mark.parametrize(
    ("others", "taken"), [("25.5", [25_50, 1_25]), ("1.025,50", [1025_50, 1250_00]), ("25", [25_00])]
)
def test_a_balance_that_may_be_a_thousand_is_left_out_unless_another_says_what_its_point_is(
    tmp_path: Path, others: str, taken: list[int]
) -> None:
    rows = f"Gift card number;Balance\nGC-1000200030001;{others}\nGC-1000200030002;1.250\n"
    ask = asked(tmp_path, rows.encode())
    cards = CardFile(ask, lambda: open_table(Path(ask.path), "en"))
    assert [one.minor for one in cards.cards] == taken
    assert [one.why for one in cards.left.rows] == ([] if len(taken) == 2 else ["amount"])
