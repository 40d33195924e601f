"""A file cut into steps: what is taken, what is noted, and where each step ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.limits import COMMAND_BYTES
from edge.core.registry import Chunk, JobIssue
from edge.core.transaction import encode
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.ingest.import_job import CHUNK_PRODUCTS, import_chunks
from edge.goods.ingest.mapping.mapping import guess
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings
from edge.goods.quality.commands import NoteSource
from edge.lib.errors import ConfigError
from edge.lib.i18n import translate
from edge.lib.tables import TableRow
from edge.operations.ledger import Ledger
from tests.importing import csv_file, ean, many
from tests.shop_fixture import config

SETTINGS = ImportSettings("EUR", "en", "standard")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The ledger of a shop that has no products."""
    ledger = Ledger(config(tmp_path_factory.mktemp("empty")))
    yield ledger.db
    ledger.close()


@contextmanager
def imported(db: Any, path: Path, cursor: int, mapping: str | None) -> Iterator[Iterator[Chunk]]:
    source = import_chunks(SETTINGS)(db, {"path": str(path), "mapping": mapping}, cursor)
    try:
        yield source
    finally:
        source.stop()


def chunks(db: Any, path: Path, cursor: int = 0, mapping: str | None = None) -> list[Chunk]:
    """All steps but those that only tell how far the reading is."""
    with imported(db, path, cursor, mapping) as source:
        found = [chunk for chunk in source if chunk.commands or chunk.notes or chunk.counts]
    *steps, last = found
    assert [type(command) for command in last.commands] == [NoteSource], "the last step says that the source was read"
    return steps


def taken(found: list[Chunk]) -> list[Product]:
    commands: list[Any] = [command for chunk in found for command in chunk.commands]
    return [product for command in commands for product in command.products]


def notes(db: Any, path: Path) -> list[JobIssue]:
    return [note for chunk in chunks(db, path) for note in chunk.notes]


def test_all_fields_arrive(empty: Any, tmp_path: Path) -> None:
    text = "sku,ean,upc,name,nom,price,tax class,unit,min age\n7,4006381333931,16000423534,Beer,Bière,2.50,full,,18+\n"
    mapping = '[columns]\nsku="sku"\nean="code"\nupc="code"\nname="name"\nnom="name.fr"\nprice="price"\n'
    path = csv_file(tmp_path, text)
    codes = ("00016000423534", "04006381333931")
    (guessed,) = taken(chunks(empty, path))
    names = {"en": "Beer", "fr": "Bière"}
    assert guessed == Product("7", names, codes, 250, tax_class="full", min_age=18)
    (mapped,) = taken(chunks(empty, path, mapping=mapping))
    assert mapped == Product("7", names, codes, 250), "what the file does not say is not said"


def test_without_a_sku_the_code_is_the_product(empty: Any, tmp_path: Path) -> None:
    (product,) = taken(chunks(empty, csv_file(tmp_path, "ean,name,price\n16000423534,Oats,1\n")))
    assert (product.sku, product.codes) == ("00016000423534", ("00016000423534",))


def test_what_is_weighed_is_priced_a_kilogram(empty: Any, tmp_path: Path) -> None:
    text = f"ברקוד,שם,מחיר,שקיל,יחידת מידה\n{ean(1)},עגבניות,5.90,1,יחידה\n{ean(2)},חלב,6.90,0,1קילוגרם\n"
    found = taken(chunks(empty, csv_file(tmp_path, text)))
    assert [((product.names or {})["he"], product.unit) for product in found] == [("עגבניות", "kg"), ("חלב", "piece")]


def test_bad_rows_say_where_what_and_why_and_the_rest_goes_in(empty: Any, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "ean,name,price,unit\n"
        f"{ean(1)},good,1.00,\n"
        f"{ean(2)},bad price,1.0.0,\n"
        f"{ean(3)},below nothing,-1,\n"
        f"{ean(4)},no price,,\n"
        f"{ean(5)},,1.00,\n"
        ",no code,1.00,\n"
        "4006381333932,wrong digit,1.00,\n"
        f"{ean(6)},a, comma,1.00,piece\n"
        f"{ean(7)},short\n"
        f"{ean(8)},odd unit,1.00,lb\n"
        f'{ean(9)},"open,1.00,\n'
        f"{ean(10)},good too,1.00,kg\n",
    )
    assert [((p.names or {})["en"], p.price_minor) for p in taken(chunks(empty, path))] == [
        ("good", 100),
        ("no price", None),
        ("good too", 100),
        ("no code", 100),
    ]
    found = notes(empty, path)
    assert [(note.line, note.field, note.value) for note in found] == [
        (3, "price", "1.0.0"),
        (4, "price", "-1"),
        (6, "name", ""),
        (8, "ean", "4006381333932"),
        (9, "", f"{ean(6)} a  comma 1.00 piece"),
        (10, "", f"{ean(7)} short"),
        (11, "unit", "lb"),
        (12, "", ""),
    ]
    assert [translate("en", f"reason.{note.reason}", **note.values) for note in found][3:7] == [
        "wrong check digit: it should end in 1",
        "has 5 columns, but the header has 4",
        "has 2 columns, but the header has 4",
        "isn't a unit: use piece, kg, litre or metre",
    ]


def test_what_does_not_decide_a_sale_is_left_out_alone_where_it_is_wrong(empty: Any, tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"ean,name,price,size,colisage,brand\n{ean(1)},Milk,1,a lot,6.0000,n/a\n")
    (product,) = taken(chunks(empty, path))
    assert (product.size, product.box, product.brand) == (None, 6, None)
    assert [(note.field, note.reason) for note in notes(empty, path)] == [("size", "not_size")]


def test_of_two_rows_the_later_good_one_counts(empty: Any, tmp_path: Path) -> None:
    text = f"ean,name,price\n{ean(1)},first,1\n{ean(2)},other,2\n{ean(1).lstrip('0')},second,3\n{ean(1)},third,free\n"
    path = csv_file(tmp_path, text)
    found = chunks(empty, path)
    assert [((p.names or {})["en"], p.price_minor) for p in taken(found)] == [("other", 200), ("second", 300)]
    assert [note.line for note in notes(empty, path)] == [5]
    assert found[-1].counts == {"new": 2, "superseded": 1}


def test_where_picks_rows(empty: Any, tmp_path: Path) -> None:
    mapping = '[columns]\nean="code"\nname="name"\nprice="price"\n[where]\nchain="B"\n'
    path = csv_file(tmp_path, f"chain,ean,name,price\nA,{ean(1)},a,1\n B ,{ean(1)},b,2\nA,{ean(2)},c,bad\n")
    found = chunks(empty, path, mapping=mapping)
    assert [(p.names or {})["en"] for p in taken(found)] == ["b"]
    assert found[-1].cursor == 3, "rows left out are done too"
    assert not [note for chunk in found for note in chunk.notes]


def test_steps_cover_every_row_and_can_be_taken_up_anywhere(empty: Any, tmp_path: Path) -> None:
    path = many(tmp_path, 230, wrong=[3, 70, 229])
    found = chunks(empty, path)
    assert found[-1].cursor == 230
    sizes = [len(command.products) for chunk in found for command in chunk.commands if isinstance(command, SetProducts)]
    assert sizes == [CHUNK_PRODUCTS] * 7 + [3]
    for place, chunk in enumerate(found):
        again = chunks(empty, path, chunk.cursor)
        rest = found[place + 1 :]
        assert [(c.commands, c.cursor, c.notes) for c in again] == [(c.commands, c.cursor, c.notes) for c in rest]


def test_a_file_of_notes_alone_moves_on(empty: Any, tmp_path: Path) -> None:
    found = chunks(empty, many(tmp_path, 1000, price="free"))
    assert [chunk.cursor for chunk in found] == list(range(100, 1001, 100))
    assert not any(chunk.commands for chunk in found)


def test_a_command_is_never_too_large_for_the_door(empty: Any, tmp_path: Path) -> None:
    languages = [f"{chr(97 + n)}{chr(97 + m)}" for n in range(4) for m in range(5)]
    mapping = '[columns]\nean = "code"\n' + "".join(f'{column} = "name.{column}"\n' for column in languages)
    row = ",".join(["ש" * 300] * 20)
    rows = "".join(f"{ean(number)},{row}\n" for number in range(60))
    found = chunks(empty, csv_file(tmp_path, f"ean,{','.join(languages)}\n{rows}"), mapping=mapping)
    assert len(taken(found)) == 60
    assert max(len(encode(command)) for chunk in found for command in chunk.commands) < COMMAND_BYTES


def test_a_header_alone_is_no_mistake_and_an_odd_one_is(empty: Any, tmp_path: Path) -> None:
    assert chunks(empty, csv_file(tmp_path, "ean,name,price\n")) == []
    with pytest.raises(ConfigError, match="Its columns are: 'a', 'b'"):
        chunks(empty, csv_file(tmp_path, "a,b\n1,2\n"))


@pytest.mark.parametrize(("said", "hour"), [("2027-03-01T00:00", 23), ("2027-03-01T00:00+00:00", 0)])
def test_a_price_that_begins_at_midnight_begins_at_the_shops(said: str, hour: int) -> None:
    known = guess(("sku", "name", "price", "later", "since"), "en", "a.csv")
    layout = msgspec.structs.replace(known, places={**known.places, "plan.1.price": (3,), "plan.1.from": (4,)})
    settings = msgspec.structs.replace(SETTINGS, zone="Europe/Paris")
    row = Converter(layout, settings).convert(TableRow(2, ["1", "Tea", "9", "7", said]))
    (planned,) = row.prices
    assert datetime.fromtimestamp((planned.from_us or 0) / 1e6, UTC).hour == hour
