"""Every format that files of products come in, whatever packs them, and what is refused by name."""

import csv
import gzip
import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.errors import NeedsHuman
from edge.lib.tables import FORMATS, Format, TableRow, open_table, write_table
from edge.lib.tables import table as limits

PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z")), max_size=20)
HEADER = ("code", "שם", "prix, TTC", "empty")
ROWS = [
    ["0042", 'חלב "טרי" 1 ליטר', "6,90", ""],
    ["7290000000022", "a\tb <&> c", "", ""],
    ["", "", "1e5", ""],
]

PRICE_FULL = """<?xml version="1.0" encoding="{encoding}"?>
<{root}><ChainId>7290027600007</ChainId><StoreId>413</StoreId>
<Items Count="2">
<{item}><PriceUpdateDate>2026-08-14 03:00</PriceUpdateDate><ItemCode>7290000000022</ItemCode><ItemType>1</ItemType>
<ItemName>חלב טרי 3% &amp; עוד</ItemName><ManufacturerName/><UnitQty>ליטר</UnitQty><Quantity>1.00</Quantity>
<bIsWeighted>0</bIsWeighted><ItemPrice>6.90</ItemPrice><UnitOfMeasurePrice>6.90</UnitOfMeasurePrice></{item}>
<{item}><PriceUpdateDate>2026-08-14 03:00</PriceUpdateDate><ItemCode>7290000000015</ItemCode><ItemType>1</ItemType>
<ItemName>עגבניה\x1a</ItemName><ManufacturerName>משק</ManufacturerName><UnitQty>קילוגרם</UnitQty>
<bIsWeighted>1</bIsWeighted><ItemPrice>5.9</ItemPrice></{item}>
</Items></{root}>
"""


def read(path: Path, language: str = "he") -> tuple[tuple[str, ...], list[TableRow]]:
    with open_table(path, language) as table:
        return table.header, list(table.rows)


def records(path: Path) -> list[dict[str, str]]:
    header, rows = read(path)
    return [dict(zip(header, row.cells, strict=True)) for row in rows]


def zipped(path: Path, name: str = "inside.bin") -> Path:
    target = path.with_name(path.name + ".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, name)
    return target


def gzipped(path: Path) -> Path:
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_read_back_whatever_it_is_called_and_packed_in(tmp_path: Path, form: Format) -> None:
    plain = tmp_path / "prices.dat"
    write_table(plain, form, HEADER, ROWS)
    full = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    named = [{key: cell for key, cell in row.items() if cell} for row in full]
    for path in (plain, gzipped(plain), zipped(plain), zipped(gzipped(plain))):
        assert [{key: cell for key, cell in row.items() if cell} for row in records(path)] == named


@pytest.mark.parametrize("form", ["csv", "tsv"])
@pytest.mark.parametrize("begin", [*list("=+-@\t\r＝"), "'=", "''-"])
def test_no_cell_is_a_formula_to_a_spreadsheet_and_all_come_back(tmp_path: Path, form: Format, begin: str) -> None:
    name = f'{begin}HYPERLINK("http://x")'
    write_table(tmp_path / "x", form, ("sku", "name.en"), [["1", name], ["2", "'n Biskuit"], ["3", "'"]])
    with (tmp_path / "x").open(encoding="utf-8-sig", newline="") as text:
        cells = [cell for row in csv.reader(text, delimiter="\t" if form == "tsv" else ",") for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r＝" and cell], cells
    assert [row["name.en"] for row in records(tmp_path / "x")] == [name, "'n Biskuit", "'"]


@pytest.mark.parametrize("form", FORMATS)
@given(
    rows=st.lists(st.lists(st.text(st.characters(exclude_categories=("C", "Z"))), min_size=3, max_size=3), min_size=1)
)
def test_any_printable_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, form: Format, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("sheet") / "x"
    whole = [["a", "b", "c"], *([f"x{cells[0]}", *cells[1:]] for cells in rows)]
    write_table(path, form, ("k.1", "k.2", "k.3"), whole)
    found = records(path)
    assert [[row.get(key, "") for key in ("k.1", "k.2", "k.3")] for row in found] == whole


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1255"])
@pytest.mark.parametrize(("root", "item"), [("Root", "Item"), ("root", "item"), ("Prices", "Product")])
@pytest.mark.parametrize("declared", ["UTF-8", "windows-1255", "ISO-8859-8"])
def test_price_files_of_chains(tmp_path: Path, encoding: str, root: str, item: str, declared: str) -> None:
    path = tmp_path / "PriceFull.gz"
    path.write_bytes(gzip.compress(PRICE_FULL.format(encoding=declared, root=root, item=item).encode(encoding)))
    found = records(path)
    assert [row["ItemCode"] for row in found] == ["7290000000022", "7290000000015"]
    assert [row["ItemName"] for row in found] == ["חלב טרי 3% & עוד", "עגבניה"]
    assert [row["bIsWeighted"] for row in found] == ["0", "1"]
    assert [row["Quantity"] for row in found] == ["1.00", ""]
    assert [row.line for row in read(path)[1]] == [4, 7]


def test_tags_of_one_file_that_differ_in_case_are_one_column(tmp_path: Path) -> None:
    path = tmp_path / "p.xml"
    path.write_text("<r><i><ItemCode>1</ItemCode></i><i><ITEMCODE>2</ITEMCODE></i><i itemcode='3'/></r>")
    assert records(path) == [{"ItemCode": "1"}, {"ItemCode": "2"}, {"ItemCode": "3"}]


def test_json_of_many_shapes(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    for text in (
        '{"store": 4, "items": [{"sku": 7, "price": 12.50, "names": {"en": "A"}, "codes": ["1", "2"], "on": true}]}',
        '[{"sku": 7, "price": 12.50, "names": {"en": "A"}, "codes": ["1", "2"], "on": true}]',
        '{"sku": 7, "price": 12.50, "names": {"en": "A"}, "codes": ["1", "2"], "on": true}\n',
    ):
        path.write_text(text)
        assert records(path) == [
            {"sku": "7", "price": "12.50", "names.en": "A", "codes.1": "1", "codes.2": "2", "on": "true"}
        ], "a price keeps its digits"


def test_a_line_that_is_no_json_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"a": "1"}\n{"a": \n\n["a"]\n{"a": "2", "b": "3"}\n')
    header, rows = read(path)
    assert header == ("a", "b")
    assert [(row.line, row.cells, row.fault) for row in rows] == [
        (1, ["1", ""], ""),
        (2, [], "json_wrong"),
        (4, [], "json_no_object"),
        (5, ["2", "3"], ""),
    ]


def test_a_workbook_with_a_title_above_numbers_and_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Prices of August"])
    sheet.append([])
    sheet.append(["code", "name", "price", "on"])
    sheet.append([7290000000022, "Milk", 6.9, True])
    sheet.append(["0042", None, 5.0, False])
    path = tmp_path / "p.xlsx"
    book.save(path)
    header, rows = read(path)
    assert header == ("code", "name", "price", "on")
    assert [(row.line, row.cells) for row in rows] == [
        (4, ["7290000000022", "Milk", "6.9", "true"]),
        (5, ["0042", "", "5", "false"]),
    ]


def test_a_formula_that_failed_is_no_empty_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    sheet = book.create_sheet("Prices & more")
    for row in (["", "code", "price"], [], [None, "1", "#N/A"], [None, "2", 3]):
        sheet.append(row)
    path = tmp_path / "p.xlsx"
    book.save(path)
    header, rows = read(path)
    assert header == ("code", "price")
    assert [(row.line, row.cells) for row in rows] == [(3, ["1", "#N/A"]), (4, ["2", "3"])]


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><r><i><n>&b;</n></i></r>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><r><i><n>1</n></i></r>'


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (BOMB.encode(), "sheet.xml_bomb"),
        (OUTSIDE.encode(), "sheet.xml_bomb"),
        (b"<a>" * 30 + b"</a>" * 30, "sheet.deep"),
        (b"<r><i>", "sheet.xml_damaged"),
        (b"<r>text</r>", "sheet.no_rows"),
        (b'{"a": [[[[', "sheet.json_damaged"),
        (b'{"a": {"b": 1}, "c": [1, 2]', "sheet.json_damaged"),
        (b"[" * 100_000, "sheet.json_damaged"),
        (b"<!DOCTYPE html><html><body>no</body></html>", "sheet.is_page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet.is_xls"),
        (b"Rar!\x1a\x07", "sheet.is_archive"),
        (b"\x89PNG\r\n", "sheet.is_picture"),
        (("a," * 1001 + "\n1\n").encode(), "sheet.wide"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(NeedsHuman) as error:
        read(path)
    assert error.value.key == key


def test_json_nested_too_deep_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"a": "1"}\n{"a": ' + "[" * 30 + "]" * 30 + "}\n{" + '"a":[' * 50_000 + "\n")
    assert [row.fault for row in read(path)[1]] == ["", "json_deep", "json_wrong"]


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_in_an_archive_is_refused_before_it_fills_the_memory(
    tmp_path: Path, layers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(b"code,name\n" + b"0" * (limits.FILE_BYTES // 4))
    for _ in range(layers):
        path = gzipped(path)
    monkeypatch.setattr("edge.lib.tables.decompress.FILE_BYTES", limits.FILE_BYTES // 8)
    tracemalloc.start()
    try:
        with pytest.raises(NeedsHuman) as error:
            read(path)
        assert tracemalloc.get_traced_memory()[1] < 32_000_000
    finally:
        tracemalloc.stop()
    assert error.value.key == "sheet.large"


def test_archives_that_are_not_opened(tmp_path: Path) -> None:
    def key(data: bytes) -> str:
        path = tmp_path / "file"
        path.write_bytes(data)
        with pytest.raises(NeedsHuman) as error:
            read(path)
        return error.value.key

    assert key(gzip.compress(gzip.compress(gzip.compress(b"a,b\n1,2\n")))) == "sheet.nested"
    many, lying = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
        archive.writestr("b.csv", "a,b\n1,2\n")
    assert key(many.getvalue()) == "sheet.crowded"
    with zipfile.ZipFile(lying, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "a,b\n" + "1,2\n" * 1000)
    assert key(lying.getvalue().replace(b"PK\x01\x02", b"PK\x01\x03")) == "sheet.damaged"
    assert key(many.getvalue()[:40]) == "sheet.damaged"


def test_a_workbook_that_unpacks_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "p.xlsx"
    write_table(path, "xlsx", ("a", "b"), [["x" * 1000, str(n)] for n in range(200)])
    monkeypatch.setattr("edge.lib.tables.decompress.FILE_BYTES", 10_000)
    with pytest.raises(NeedsHuman) as error:
        read(path)
    assert error.value.key == "sheet.large"


def test_more_rows_than_a_file_may_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.lib.tables.detect.ROWS", 10)
    path = tmp_path / "p.csv"
    path.write_text("a,b\n" + "1,2\n" * 11)
    with pytest.raises(NeedsHuman) as error:
        read(path)
    assert error.value.key == "sheet.long"


@given(data=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    for start in (b"", b"<r><i><n>", b'{"a":', b"[{", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"\xff\xfe"):
        path.write_bytes(start + data)
        try:
            read(path)
        except NeedsHuman as error:
            assert error.key.startswith("sheet.")
