"""Files as cash desks, spreadsheets and head offices write them."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.errors import NeedsHuman
from edge.lib.tables import RECORD_CHARS, TableRow, open_table
from tests.importing import csv_file

FRENCH = "code;nom;prix\n1;Crème brûlée;4,50\n2;Pâté forestier;3,20\n"
HEBREW = "ברקוד,שם מוצר,מחיר\n1,חלב טרי,6.90\n2,לחם שיפון,14.90\n"


def read(path: Path, language: str = "en") -> tuple[tuple[str, ...], list[TableRow]]:
    with open_table(path, language) as table:
        return table.header, list(table.rows)


def cells(path: Path, language: str = "en") -> list[list[str]]:
    header, rows = read(path, language)
    return [list(header), *(row.cells for row in rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
def test_french_in_any_encoding(tmp_path: Path, encoding: str, zipped: bool) -> None:
    assert cells(csv_file(tmp_path, FRENCH, encoding, zipped=zipped))[1] == ["1", "Crème brûlée", "4,50"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1255", "utf-16"])
@pytest.mark.parametrize("zipped", [False, True])
def test_hebrew_in_any_encoding(tmp_path: Path, encoding: str, zipped: bool) -> None:
    path = csv_file(tmp_path, HEBREW, encoding, zipped=zipped)
    assert cells(path)[0] == ["ברקוד", "שם מוצר", "מחיר"]
    assert cells(path)[2] == ["2", "לחם שיפון", "14.90"]


def test_letters_far_behind_the_beginning_decide_too(tmp_path: Path) -> None:
    plain = "1,plain,1\n" * 200_000
    path = csv_file(tmp_path, "code,name,price\n" + plain + "2,Crème,2\n", "cp1252")
    assert read(path)[1][-1].cells == ["2", "Crème", "2"]


def test_the_stores_language_decides_where_the_text_does_not(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "code,name\n1,\u05d0\n", "cp1255")
    assert cells(path, "he")[1] == ["1", "א"]


def test_one_wrong_byte_spoils_one_row_and_not_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(HEBREW.encode() * 10 + b"3,caf\xe9,1\n")
    rows = read(path)[1]
    assert rows[0].cells[1] == "חלב טרי"
    assert rows[-1].cells[1] == "caf\ufffd"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(tmp_path: Path, separator: str) -> None:
    text = separator.join(("code", "name, long", "price")).replace("name, long", '"name, long; short"')
    assert read(csv_file(tmp_path, text + "\n"))[0] == ("code", "name, long; short", "price")


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd")).filter(
    lambda text: not text.startswith("'")  # by which our own files say that no formula begins
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2)), st.sampled_from(",;\t|"))
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([["a", "b"], *rows])
    path = csv_file(tmp_path_factory.mktemp("csv"), text.getvalue(), "utf-8-sig")
    assert cells(path)[1:] == [row for row in rows if any(row)]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = csv_file(tmp_path, '\ncode,name\r\n1,a\r\n\r\n2,"b\r\nc"\r\n,\r\n3,d\r\n')
    header, rows = read(path)
    assert header == ("code", "name")
    assert [(row.line, row.cells) for row in rows] == [(3, ["1", "a"]), (5, ["2", "b\r\nc"]), (8, ["3", "d"])]


def test_a_quote_left_open_costs_one_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'code,name\n1,"open\n' + "".join(f"{number},thing\n" for number in range(2, 50_000)))
    rows = read(path)[1]
    assert (rows[0].line, rows[0].cells) == (2, [])
    assert rows[0].fault == "record_long"
    assert [row.cells[0] for row in rows[1:]] == [str(number) for number in range(2, 50_000)]


def test_a_quote_left_open_at_the_end_costs_one_row(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, 'code,name\n1,a\n2,"open\n3,b\n'))[1]
    assert [(row.line, row.cells, row.fault) for row in rows] == [
        (2, ["1", "a"], ""),
        (3, [], "quote_open"),
        (4, ["3", "b"], ""),
    ]


def test_text_behind_a_closing_quote_is_a_fault_and_an_inch_is_none(tmp_path: Path) -> None:
    rows = read(csv_file(tmp_path, 'code,name\n1,"a" b\n2,5" pipe\n'))[1]
    assert rows[0].fault == "quotes_wrong"
    assert rows[1].cells == ["2", '5" pipe']


@pytest.mark.parametrize("ending", ["\n", ""])
def test_a_huge_field_costs_one_row(tmp_path: Path, ending: str) -> None:
    path = csv_file(tmp_path, f"code,name\n1,{'x' * 3 * RECORD_CHARS}\n2,b\n3,{'y' * RECORD_CHARS}{ending}")
    rows = read(path)[1]
    assert [(row.line, row.cells) for row in rows] == [(2, []), (3, ["2", "b"]), (4, [])]
    assert (rows[0].fault, rows[0].values) == ("record_long", {"limit": RECORD_CHARS})


def test_a_file_of_one_endless_line_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "code,name\n" + "x" * 40_000_000)
    tracemalloc.start()
    try:
        assert [row.line for row in read(path)[1]] == [2]
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\n\n \n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"PK\x03\x04\x14\x00", "can't be read"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\x1f\x8b\x08\x00garbage", "can't be read"),
        (b'"code,name\n1,a\n', "isn't a header"),
    ],
)
def test_an_invalid_table_says_so(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(data)
    with pytest.raises(NeedsHuman, match=why):
        read(path)


def test_half_a_gzip_file_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEBREW * 1000, zipped=True)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(NeedsHuman, match="Copy or export it again"):
        read(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NeedsHuman, match="File"):
        read(tmp_path / "prices.csv")
    with pytest.raises(NeedsHuman, match="can't be read"):
        read(tmp_path)
