"""DSFinV-K: the tables of a closing, and what the checker finds when one of them says another thing."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.germany.checker import check_dsfinvk
from edge.lib.fiscal.germany.closing import GermanBusiness, GermanClosing, GermanRegister, dsfinvk_lines
from edge.lib.fiscal.germany.receipt import GermanLine, GermanPayment, GermanReceipt, GermanReference
from edge.lib.fiscal.germany.tables import german_tables, index_xml, read_rows, row_line

AT = datetime(2026, 11, 2, 18, 0, 5)
BUSINESS = GermanBusiness(name="Späti", street="Weg 1", postcode="10115", city="Berlin", tax_number="11/222/33333")
REGISTER = GermanRegister(
    id="K1", brand="edge", model="box", serial_number="1", software="edge-store", software_version="1.0"
)
Files = dict[str, list[str]]


def receipt(number: int, lines: tuple[GermanLine, ...], **rest: Any) -> GermanReceipt:
    paid_minor = sum(line.net_minor + line.tax_minor for line in lines)
    rest.setdefault("payments", (GermanPayment(amount_minor=paid_minor),))
    rest.setdefault("signing_fault", "TSE nicht vorhanden")
    return GermanReceipt(id=f"K1-{number}", number=number, began=AT, ended=AT, operator="u7", lines=lines, **rest)


COLA = GermanLine(label='Cola; "kalt"\n', vat_key=1, net_minor=100, tax_minor=19, quantity_thousandths=1500)
BREAD = GermanLine(label="Brot", vat_key=2, net_minor=200, tax_minor=14, unit_price_minor=214)
DEPOSIT = GermanLine(label="Pfand", case="Pfand", vat_key=1, net_minor=21, tax_minor=4)
CARD = GermanPayment(kind="ECKarte", name="girocard", amount_minor=214)
BACK = msgspec.structs.replace(BREAD, net_minor=-200, tax_minor=-14)


def closing(number: int = 1, *receipts: GermanReceipt) -> GermanClosing:
    return GermanClosing(
        business=BUSINESS, register=REGISTER, number=number, made_at=AT, day=date(2026, 11, 2), receipts=receipts
    )


def day() -> GermanClosing:
    return closing(
        1,
        receipt(1, (COLA, DEPOSIT, BREAD)),
        receipt(2, (BREAD,), payments=(CARD,)),
        receipt(3, (COLA,), kind="AVTraining", payments=()),
        receipt(4, (BACK,), void=True, reference=GermanReference(register="K1", closing=1, receipt="K1-2", made_at=AT)),
    )


def files(*closings: GermanClosing) -> Files:
    found: dict[str, bytes] = defaultdict(bytes)
    for table, line in dsfinvk_lines(closings):
        found[table] += line
    return {table: data.decode().splitlines(True) for table, data in found.items()}


def fault(changed: Files) -> str:
    with pytest.raises(FiscalFault) as raised:
        check_dsfinvk(changed)
    return raised.value.code


def test_a_day_is_all_tables_and_the_checker_finds_them_right() -> None:
    found = files(day(), closing(2))
    assert found.keys() == german_tables().keys() and len(found) == 20
    assert [int(number) for _, number in check_dsfinvk(found)] == [1, 2]
    assert found["lines_vat"][1] == "K1;2026-11-02T18:00:05;1;K1-1;1;1;1,19000;1,00000;0,19000\r\n"
    row = next(iter(read_rows("lines", found["lines"])))
    assert row["ARTIKELTEXT"] == 'Cola; "kalt" ' and str(row["MENGE"]) == "1.500"


def test_sums_of_a_closing_are_those_of_its_receipts_alone() -> None:
    found = files(day())
    cases = {
        (row["GV_TYP"], int(row["UST_SCHLUESSEL"])): str(row["Z_UMS_BRUTTO"])  # type: ignore[call-overload]
        for row in read_rows("businesscases", found["businesscases"])
    }
    # training is in the files and in no sum; what came back lessens what was sold
    assert cases == {("Pfand", 1): "0.25000", ("Umsatz", 1): "1.19000", ("Umsatz", 2): "2.14000"}
    paid = {row["ZAHLART_TYP"]: str(row["Z_ZAHLART_BETRAG"]) for row in read_rows("payment", found["payment"])}
    assert paid == {"Bar": "1.44", "ECKarte": "2.14"}
    assert len(list(read_rows("transactions", found["transactions"]))) == 4


def test_rows_read_and_written_again_are_the_same_bytes() -> None:
    for table, lines in files(day()).items():
        assert [row_line(table, row).decode() for row in read_rows(table, lines)] == lines[1:]


def swapped(table: str, old: str, new: str) -> Files:
    found = files(day(), closing(2))
    text = "".join(found[table])
    assert old in text
    return {**found, table: text.replace(old, new, 1).splitlines(True)}


@pytest.mark.parametrize(
    ("table", "old", "new", "code"),
    [
        ("lines_vat", "1,19000;1,00000", "1,18000;1,00000", "amount"),
        ("lines_vat", "1,19000;1,00000;0,19000", "1,20000;1,00000;0,20000", "sum"),
        ("lines_vat", "K1-1;1;1;", "K1-1;1;2;", "sum"),
        ("lines_vat", "K1-1;1;1;", "K1-1;1;9;", "vat"),
        ("lines_vat", "K1-1;1;1;", "K1-1;7;1;", "lines"),
        ("transactions", ";3,58;", ";3,59;", "sum"),
        ("transactions", "K1-2;2", "K1-1;2", "doubled"),
        ("transactions", "AVTraining", "Beleg", "sum"),
        ("transactions_vat", "K1-2", "K1-9", "orphan"),
        ("transactions_tse", "TSE nicht vorhanden", "", "signature"),
        ("datapayment", "2,14", "2,15", "amount"),
        ("datapayment", "2,14;2,14", "2,15;2,15", "sum"),
        ("datapayment", "ECKarte", "Bar", "sum"),
        ("businesscases", "Pfand", "Umsatz", "sum"),
        ("businesscases", "1,19000;1,00000;0,19000", "1,20000;1,00000;0,20000", "sum"),
        ("payment", "1,44", "1,45", "sum"),
        ("cash_per_currency", "EUR", "CHF", "sum"),
        ("cashpointclosing", "3,58;1,44", "3,58;1,45", "sum"),
        ("cashpointclosing", "3,58;1,44", "3,59;1,44", "sum"),
        ("cashpointclosing", ";2.4;", ";2.1;", "version"),
        ("cashpointclosing", "K1-4", "K1-3", "span"),
        ("cashpointclosing", ";2;2026-11-02;", ";3;2026-11-02;", "gap"),
        ("location", "K1;", "K2;", "master"),
        ("lines", "1,500", "1.500", "malformed"),
        ("lines", "1,500", "1,5000", "malformed"),
        ("lines", "2026-11-02T18:00:05", "02.11.2026", "malformed"),
        ("lines", "ARTIKELTEXT", "ARTIKEL", "malformed"),
        ("vat", "Nicht steuerbar", "x" * 56, "malformed"),
    ],
)
def test_what_is_changed_is_found_by_name(table: str, old: str, new: str, code: str) -> None:
    assert fault(swapped(table, old, new)) == code


@pytest.mark.parametrize(
    "table", ["lines", "lines_vat", "transactions", "transactions_vat", "datapayment", "businesscases", "location"]
)
def test_rows_lost_or_doubled_are_found(table: str) -> None:
    found = files(day())
    for at in range(1, len(found[table])):
        assert fault({**found, table: found[table][:at] + found[table][at + 1 :]})
        if table != "lines":
            assert fault({**found, table: [*found[table], found[table][at]]})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: found.pop("slaves"), "files"),
        (lambda found: found.update({"more": []}), "files"),
        (lambda found: found.update({"pa": []}), "malformed"),
        (lambda found: found["pa"].append("K9;2026-11-02T18:00:05;1;1;;;;;;;\r\n"), "orphan"),
    ],
)
def test_files_missing_or_of_nothing_are_found(change: Callable[[Files], Any], code: str) -> None:
    found = files(day())
    change(found)
    assert fault(found) == code


def test_a_key_is_never_cut_and_a_text_is() -> None:
    long = msgspec.structs.replace(receipt(1, (BREAD,)), id="x" * 41)
    with pytest.raises(FiscalFault, match="BON_ID"):
        files(closing(1, long))
    found = files(closing(1, receipt(1, (msgspec.structs.replace(BREAD, label="ä" * 300),))))
    check_dsfinvk(found)
    assert next(iter(read_rows("lines", found["lines"])))["ARTIKELTEXT"] == "ä" * 255


def test_a_receipt_that_is_not_paid_in_full_is_found() -> None:
    assert fault(files(closing(1, receipt(1, (BREAD,), payments=())))) == "sum"


def test_the_description_names_each_file_and_column() -> None:
    tree = ElementTree.fromstring(index_xml("Späti & Co", "Berlin", german_tables()))
    described = {
        table.findtext("URL"): [column.findtext("Name") for column in table.iter("VariableColumn")]
        for table in tree.iter("Table")
    }
    assert described == {f"{name}.csv": [c.name for c in columns] for name, columns in german_tables().items()}
    assert tree.findtext("DataSupplier/Name") == "Späti & Co"
