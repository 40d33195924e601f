"""A file cut into steps: what is taken, what is noted, and where each step ends."""

from pathlib import Path
from typing import Any

import pytest

from edge.catalog.commands import SetProducts
from edge.catalog.product import Product
from edge.core.errors import ConfigError
from edge.core.limits import COMMAND_BYTES
from edge.core.shapes import Chunk, Note
from edge.core.transaction import encode
from edge.ingest.importing import CHUNK_PRODUCTS, ImportSettings, import_chunks, import_total
from tests.importing import csv_file, ean, many

SETTINGS = ImportSettings("EUR", "en", "standard")


def chunks(path: Path, cursor: int = 0, mapping: Path | None = None) -> list[Chunk]:
    params = {"path": str(path), "mapping": str(mapping) if mapping else None}
    return list(import_chunks(SETTINGS)(params, cursor))


def taken(found: list[Chunk]) -> list[Product]:
    commands: list[Any] = [command for chunk in found for command in chunk.commands]
    return [product for command in commands for product in command.products]


def notes(path: Path) -> list[Note]:
    return [note for chunk in chunks(path) for note in chunk.notes]


def test_all_fields_arrive(tmp_path: Path) -> None:
    text = "sku,ean,upc,name,nom,price,tax class,unit,min age\n7,4006381333931,16000423534,Beer,Bière,2.50,full,,18+\n"
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\nsku="sku"\nean="code"\nupc="code"\nname="name"\nnom="name.fr"\nprice="price"\n')
    path = csv_file(tmp_path, text)
    (guessed,) = taken(chunks(path))
    codes = ("04006381333931", "00016000423534")
    assert guessed == Product("7", {"en": "Beer", "fr": "Bière"}, codes, 250, "full", "piece", 18)
    (mapped,) = taken(chunks(path, mapping=mapping))
    assert mapped == Product("7", {"en": "Beer", "fr": "Bière"}, codes, 250, "standard", "piece", 0)


def test_without_a_sku_the_code_is_the_product(tmp_path: Path) -> None:
    (product,) = taken(chunks(csv_file(tmp_path, "ean,name,price\n16000423534,Oats,1\n")))
    assert (product.sku, product.codes) == ("00016000423534", ("00016000423534",))


def test_what_is_weighed_is_priced_a_kilogram(tmp_path: Path) -> None:
    text = f"ברקוד,שם,מחיר,שקיל,יחידת מידה\n{ean(1)},עגבניות,5.90,1,יחידה\n{ean(2)},חלב,6.90,0,1קילוגרם\n"
    assert [(product.names["he"], product.unit) for product in taken(chunks(csv_file(tmp_path, text)))] == [
        ("עגבניות", "kg"),
        ("חלב", "piece"),
    ]


def test_bad_rows_say_where_what_and_why_and_the_rest_goes_in(tmp_path: Path) -> None:
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
    assert [(p.names["en"], p.price_minor) for p in taken(chunks(path))] == [
        ("good", 100),
        ("no price", None),
        ("good too", 100),
    ]
    assert [note[:3] for note in notes(path)] == [
        (3, "price", "1.0.0"),
        (4, "price", "-1"),
        (6, "name", ""),
        (7, "ean", ""),
        (8, "ean", "4006381333932"),
        (9, "", f"{ean(6)} a  comma 1.00 piece"),
        (10, "", f"{ean(7)} short"),
        (11, "unit", "lb"),
        (12, "", ""),
    ]
    assert [note[3] for note in notes(path)][4:8] == [
        "wrong check digit: it should end in 1",
        "has 5 columns, and the header 4",
        "has 2 columns, and the header 4",
        "not a unit: piece, kg, litre or metre",
    ]


def test_of_two_rows_the_later_good_one_counts(tmp_path: Path) -> None:
    text = f"ean,name,price\n{ean(1)},first,1\n{ean(2)},other,2\n{ean(1).lstrip('0')},second,3\n{ean(1)},third,free\n"
    path = csv_file(tmp_path, text)
    assert [(p.names["en"], p.price_minor) for p in taken(chunks(path))] == [("other", 200), ("second", 300)]
    assert [note[0] for note in notes(path)] == [5]


def test_where_picks_rows(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\nean="code"\nname="name"\nprice="price"\n[where]\nchain="B"\n')
    path = csv_file(tmp_path, f"chain,ean,name,price\nA,{ean(1)},a,1\n B ,{ean(1)},b,2\nA,{ean(2)},c,bad\n")
    found = chunks(path, mapping=mapping)
    assert [p.names["en"] for p in taken(found)] == ["b"]
    assert found[-1].cursor == 3, "rows left out are done too"
    assert not [note for chunk in found for note in chunk.notes]


def test_steps_cover_every_row_and_can_be_taken_up_anywhere(tmp_path: Path) -> None:
    path = many(tmp_path, 230, wrong=[3, 70, 229])
    found = chunks(path)
    params = {"path": str(path), "mapping": None}
    assert found[-1].cursor == 230 == import_total(SETTINGS)(params)
    assert [len(chunk.commands[0].products) for chunk in found if chunk.commands] == [50, 50, 50, 50, 27]  # type: ignore[attr-defined]
    for place, chunk in enumerate(found):
        again = chunks(path, chunk.cursor)
        rest = found[place + 1 :]
        assert [(c.commands, c.cursor, c.notes) for c in again] == [(c.commands, c.cursor, c.notes) for c in rest]


def test_a_file_of_notes_alone_moves_on(tmp_path: Path) -> None:
    found = chunks(many(tmp_path, 1000, price="free"))
    assert [chunk.cursor for chunk in found] == list(range(100, 1001, 100))
    assert not any(chunk.commands for chunk in found)


def test_a_command_is_never_too_large_for_the_door(tmp_path: Path) -> None:
    names = ",".join(f"name.{chr(97 + n)}{chr(97 + m)}" for n in range(4) for m in range(5))
    header = names.replace("name.", "")
    mapping = tmp_path / "mapping.toml"
    columns = "".join(f'{column} = "name.{column}"\n' for column in header.split(","))
    mapping.write_text(f'[columns]\nean = "code"\n{columns}')
    row = ",".join(["ש" * 300] * 20)
    path = csv_file(tmp_path, f"ean,{header}\n" + "".join(f"{ean(number)},{row}\n" for number in range(60)))
    found = chunks(path, mapping=mapping)
    assert len(taken(found)) == 60
    assert max(len(encode(command)) for chunk in found for command in chunk.commands) < COMMAND_BYTES
    assert all(
        len(command.products) <= CHUNK_PRODUCTS
        for c in found
        for command in c.commands
        if isinstance(command, SetProducts)
    )


def test_a_header_alone_is_no_mistake_and_an_odd_one_is(tmp_path: Path) -> None:
    assert chunks(csv_file(tmp_path, "ean,name,price\n")) == []
    with pytest.raises(ConfigError, match="Its columns are: 'a', 'b'"):
        import_total(SETTINGS)({"path": str(csv_file(tmp_path, "a,b\n1,2\n")), "mapping": None})
