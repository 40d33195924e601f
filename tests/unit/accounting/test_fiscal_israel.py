"""The uniform file 1.31: the worked example to the byte and back, and what is found when someone changed it."""

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path

import msgspec
import pytest

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.fixed_zip import write_zip
from edge.lib.fiscal.israel.fixed_width import Record, columns
from edge.lib.fiscal.israel.hebrew import plain_hebrew
from edge.lib.fiscal.israel.records import (
    AccountEntry,
    DocumentHeader,
    DocumentPayment,
    DocumentRow,
    FileHeader,
    InventoryItem,
    LedgerAccount,
)
from edge.lib.fiscal.israel.reports import summary, verification_report
from edge.lib.fiscal.israel.rules import missing_numbers
from edge.lib.fiscal.israel.uniform_file import (
    UniformDocument,
    UniformWriter,
    documents_of,
    folder,
    read_ini,
    read_uniform,
)

EXAMPLE = Path(__file__).parents[4] / "shared" / "data" / "fiscal" / "il"
DAY = date(2026, 11, 1)
HEADER = FileHeader(
    dealer_number=580000016,
    identifier=111222333444555,
    business_name="מכולת הפינה",
    path="OPENFRMT/58000001.26/11021210",
    since=DAY,
    until=date(2026, 11, 2),
    made_on=date(2026, 11, 2),
    made_at=time(12, 10),
)


def sale(number: int = 1, *, minor: int = 1000, day: date = DAY, description: str = "חלב") -> UniformDocument:
    vat_minor = minor * 18 // 100
    return UniformDocument(
        DocumentHeader(
            document_type=320,
            document_number=f"A{number:08}",
            made_on=day,
            document_date=day,
            before_discount_minor=minor,
            net_minor=minor,
            vat_minor=vat_minor,
            total_minor=minor + vat_minor,
        ),
        (
            DocumentRow(
                description=description, quantity_ten_thousandths=10_000, net_minor=minor, vat_basis_points=1800
            ),
        ),
        (DocumentPayment(means=1, amount_minor=minor + vat_minor),),
    )


def made(documents: Iterable[UniformDocument], **rest: list[Record]) -> tuple[list[bytes], list[bytes]]:
    writer = UniformWriter(HEADER)
    lines = list(writer.bkmvdata(documents, **rest))  # type: ignore[arg-type]
    return writer.ini().splitlines(True), lines


def fault(work: Callable[[], object]) -> str:
    with pytest.raises(FiscalFault) as raised:
        work()
    return raised.value.code


def example() -> tuple[list[bytes], list[bytes]]:
    folder = EXAMPLE / "example"
    if not folder.exists():
        pytest.skip("missing: ../shared/data/fiscal")
    return tuple((folder / name).read_bytes().splitlines(True) for name in ("INI.TXT", "BKMVDATA.TXT"))  # type: ignore[return-value]


def again(ini: list[bytes], lines: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Read as values, and written from them."""
    records = list(read_uniform(ini, lines))
    writer = UniformWriter(read_ini(ini)[0])
    found = list(
        writer.bkmvdata(
            documents_of(records),
            accounts=[record for record in records if isinstance(record, LedgerAccount)],
            entries=[record for record in records if isinstance(record, AccountEntry)],
            inventory=[record for record in records if isinstance(record, InventoryItem)],
        )
    )
    return writer.ini().splitlines(True), found


def test_the_worked_example_comes_back_to_the_byte() -> None:
    assert again(*example()) == example()


GUARDED = {"record_number", "dealer_number", "identifier", "constant", "records", "document_type", "document_number"}
GUARDED |= {"link", "line", "document_date", "before_discount_minor", "net_minor", "vat_minor", "total_minor"}
GUARDED |= {"amount_minor", "code"}
"""What stands in two places or follows from others; a text or a price stands alone: the file's hash finds that."""


def test_a_changed_digit_of_what_is_guarded_is_found_wherever_it_stands() -> None:
    ini, lines = made([sale(1), sale(2, day=date(2026, 11, 2))])
    kinds = [type(record) for record in read_uniform(ini, lines)]
    missed, tried = [], 0
    for at, line in enumerate(lines):
        for place in (place for place in range(len(line)) if _field(kinds[at], place) in GUARDED):
            digit = (line[place] - 47) % 10 + 48 if line[place : place + 1].isdigit() else ord("!")
            changed = [*lines[:at], line[:place] + bytes([digit]) + line[place + 1 :], *lines[at + 1 :]]
            tried += 1
            try:
                list(read_uniform(ini, changed))
            except FiscalFault:
                continue
            missed.append((at, place, _field(kinds[at], place)))
    assert tried > 500
    assert not missed


def _field(kind: type[Record], place: int) -> str:
    at = 0
    for name, column in columns(kind):
        at += column.width
        if place < at:
            return name
    return "end"


def test_the_fields_stand_where_the_instructions_say() -> None:
    path = EXAMPLE / "layout.csv"
    if not path.exists():
        pytest.skip("missing: ../shared/data/fiscal")
    with path.open(encoding="utf-8", newline="") as file:
        lengths = {int(row["field"]): int(row["length"]) for row in csv.DictReader(file)}
    kinds: list[type[Record]] = [kind for kind in Record.__subclasses__() if kind.__module__.endswith("records")]
    assert {column.number: column.width for kind in kinds for _, column in columns(kind)} == lengths


def test_a_shop_reads_its_own_file_with_books_and_stock() -> None:
    accounts = [
        LedgerAccount(account="1", name="קופה", balance_code="1", balance_name="רכוש", debits_minor=1180),
        LedgerAccount(account="2", name="הכנסות", balance_code="2", balance_name="הכנסות", credits_minor=1180),
    ]
    day = {"entry_date": DAY, "value_date": DAY, "entered_on": DAY, "amount_minor": 1180}
    entries = [
        AccountEntry(entry=1, line=1, account="1", side=1, **day),  # type: ignore[arg-type]
        AccountEntry(entry=1, line=2, account="2", side=2, **day),  # type: ignore[arg-type]
    ]
    stock = [InventoryItem(article="100", name="חלב", unit="יחידה", opening_hundredths=-150)]
    files = made([sale(1), sale(2)], accounts=accounts, entries=entries, inventory=stock)  # type: ignore[arg-type]
    assert again(*files) == files
    assert [line[:4] for line in files[0][1:]] == [b"B100", b"B110", b"C100", b"D110", b"D120", b"M100"]

    uneven = [entries[0], msgspec.structs.replace(entries[1], amount_minor=1179)]
    assert fault(lambda: made([], accounts=accounts, entries=uneven)) == "entry"  # type: ignore[arg-type]
    other = [accounts[0], msgspec.structs.replace(accounts[1], credits_minor=1)]
    assert fault(lambda: made([], accounts=other, entries=entries)) == "account"  # type: ignore[arg-type]
    assert fault(lambda: made([], accounts=accounts[:1], entries=entries)) == "account"  # type: ignore[arg-type]
    assert fault(lambda: made([], inventory=stock * 2)) == "doubled"  # type: ignore[arg-type]


def test_an_empty_range_is_a_file() -> None:
    files = made([])
    assert again(*files) == files
    assert len(files[0]) == 1 and len(files[1]) == 2


def test_what_may_not_be_in_a_file_is_refused_by_name() -> None:
    one = sale()
    unlike = msgspec.structs.replace(one.header, vat_minor=181)
    assert fault(lambda: made([msgspec.structs.replace(one, header=unlike)])) == "total"
    assert fault(lambda: made([msgspec.structs.replace(one, rows=one.rows * 2)])) == "lines"
    assert fault(lambda: made([msgspec.structs.replace(one, payments=one.payments * 2)])) == "payments"
    assert fault(lambda: made([sale(1), sale(1)])) == "doubled"
    assert fault(lambda: made([sale(day=date(2026, 11, 3))])) == "range"
    strange = msgspec.structs.replace(one.header, document_type=321)
    assert fault(lambda: made([msgspec.structs.replace(one, header=strange)])) == "document_type"
    backwards = msgspec.structs.replace(HEADER, until=date(2026, 10, 31))
    assert fault(lambda: UniformWriter(backwards)) == "range"


def test_a_number_is_never_cut_and_the_paper_is_named() -> None:
    with pytest.raises(FiscalFault, match=r"document A00000001, .*1221|document A00000001, .*1219") as raised:
        made([sale(minor=10**15)])
    assert raised.value.code == "too_long"


def test_lines_lost_doubled_or_moved_are_found() -> None:
    ini, lines = made([sale(number) for number in range(1, 4)])
    for at in range(len(lines)):
        assert fault(lambda at=at: list(read_uniform(ini, lines[:at] + lines[at + 1 :])))  # type: ignore[misc]
        assert fault(lambda at=at: list(read_uniform(ini, [*lines[: at + 1], *lines[at:]])))  # type: ignore[misc]
    assert fault(lambda: list(read_uniform(ini, []))) == "end"
    assert fault(lambda: list(read_uniform([], lines))) == "length"
    assert fault(lambda: list(read_uniform(ini[:-1], lines))) == "count"
    assert fault(lambda: list(read_uniform(ini, [*lines, b"\r\n"]))) == "kind"
    assert fault(lambda: list(read_uniform(ini, [lines[0].replace(b"\r\n", b"\n"), *lines[1:]]))) == "length"


def test_hebrew_is_one_byte_a_letter_in_reading_order() -> None:
    _, lines = made([sale(description="שָׁלוֹם “5₪”\n€ x\u200f日")])
    row = next(line for line in lines if line.startswith(b"D110"))
    assert row[93:123] == 'שלום "5ש"ח" EUR x?'.encode("iso8859_8").ljust(30)
    writer = UniformWriter(HEADER)
    list(writer.bkmvdata([sale(description="日本 חלב")]))
    assert writer.lost == 2
    assert plain_hebrew("צ׳יפס תפו״א – בית־שאן")[0] == "צ'יפס תפו\"א - בית-שאן"


def test_a_text_is_cut_at_its_field() -> None:
    _, lines = made([sale(description="ש" * 40)])
    row = next(line for line in lines if line.startswith(b"D110"))
    assert row[93:124] == "ש".encode("iso8859_8") * 30 + b" "


def test_numbers_that_nothing_has_are_named() -> None:
    assert list(missing_numbers([(320, "A00000001"), (320, "A00000002"), (330, "A00000005")])) == [
        "A00000003-A00000004"
    ]
    assert not list(missing_numbers([(320, "2026-1"), (320, "A00000001"), (400, "A00000001")]))


def test_the_sheets_of_a_file() -> None:
    ini, lines = made([sale(1), sale(2)])
    headers = [document.header for document in documents_of(read_uniform(ini, lines))]
    rows = {row.document_type: row for row in verification_report(headers)}
    assert len(rows) == 27
    assert (rows[320].documents, rows[320].total_minor, rows[330].documents) == (2, 2360, 0)
    sheet = summary(HEADER, {"A100": 1, "C100": 2, "Z900": 1})
    assert "580000016" in sheet[0] and "ביצוע ממשק פתוח הסתיים בהצלחה." in sheet
    assert "01112026" in sheet[4] and "02112026" in sheet[4]
    assert [line for line in sheet if line.startswith("C100")] == ["C100 כותרת מסמך: 2"]
    assert not [line for line in sheet if line.startswith("M100")]


def test_where_the_files_lie_and_that_the_archive_is_the_same_again() -> None:
    assert folder(580000016, datetime(2026, 11, 2, 12, 10)) == "OPENFRMT/58000001.26/11021210"

    def archive() -> bytes:
        target = io.BytesIO()
        write_zip(target, {"b.txt": [b"2", b"3"], "a.txt": [b"1"]})
        return target.getvalue()

    assert archive() == archive()
    assert archive().index(b"a.txt") < archive().index(b"b.txt")
