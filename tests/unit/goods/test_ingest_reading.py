"""The process that reads a file: what becomes of it, and what is said when it ends before its file does."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import msgspec
import pytest

from edge.goods.ingest import reader_client
from edge.goods.ingest.ipc import Began, CountFrame, Entries, Frame, ReadingFrame, ReadRequest
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.reader_client import FileReader
from edge.goods.ingest.reader_process import source_of
from edge.lib.errors import ConfigError, NeedsHuman
from tests.importing import csv_file, ean, many

SETTINGS = ImportSettings("EUR", "en", "standard")


def frames(path: Path, **how: object) -> Iterator[Frame]:
    with closing(FileReader(ReadRequest(str(path), None, SETTINGS, **how))) as reader:  # type: ignore[arg-type]
        yield from reader.frames()


def test_a_file_is_told_of_in_order(tmp_path: Path) -> None:
    began, *rest = frames(many(tmp_path, 12_000))
    assert isinstance(began, Began)
    assert (began.source, began.complete, len(began.checksum)) == ("prices", True, 16)
    assert [frame.rows for frame in rest if isinstance(frame, ReadingFrame)] == [5_000, 10_000]
    assert [frame.rows for frame in rest if isinstance(frame, CountFrame)] == [12_000]
    entries = [entry for frame in rest if isinstance(frame, Entries) for entry in frame.entries]
    assert [entry.place for entry in entries] == list(range(12_000))


def test_the_appliances_own_files_are_read_by_no_import(tmp_path: Path) -> None:
    own = msgspec.structs.replace(SETTINGS, data=str(tmp_path / "data"))
    uploads = tmp_path / "data" / "imports" / "x"
    uploads.mkdir(parents=True)
    for folder in (tmp_path / "data", uploads):
        (folder / "panel.token").write_text("ean,name,price\nsecret,x,1\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "data" / "panel.token")
    for path in (tmp_path / "data" / "panel.token", uploads / ".." / ".." / "panel.token", tmp_path / "link.csv"):
        with pytest.raises(NeedsHuman) as caught, closing(FileReader(ReadRequest(str(path), None, own))) as reader:
            list(reader.frames())
        assert caught.value.key == "sheet.private" and "secret" not in str(caught.value)
    with closing(FileReader(ReadRequest(str(uploads / "panel.token"), None, own))) as reader:
        assert isinstance(next(iter(reader.frames())), Began)


def refused(path: str | Path, settings: ImportSettings, **how: object) -> str:
    """The key of what is said of a file that is not read."""
    ask = ReadRequest(str(path), None, settings, **how)  # type: ignore[arg-type]
    with pytest.raises(NeedsHuman) as caught, closing(FileReader(ask)) as reader:
        list(reader.frames())
    return caught.value.key


def test_only_folders_that_the_shop_named_are_imported_from(tmp_path: Path) -> None:
    data, offered, elsewhere = (tmp_path / name for name in ("data", "offered", "elsewhere"))
    for folder in (data, offered, elsewhere):
        folder.mkdir()
        csv_file(folder, "ean,name,price\n")
    (offered / "link.csv").symlink_to(elsewhere / "prices.csv")
    (offered / "own.csv").symlink_to(data / "prices.csv")
    shop = msgspec.structs.replace(SETTINGS, data=str(data), folders=(str(offered),))
    for path in (elsewhere / "prices.csv", offered / "link.csv", offered / "own.csv", "/etc/passwd", "prices.csv"):
        assert refused(path, shop) == "sheet.private", path
    assert refused("/proc/self/environ", shop, sample=5) == "sheet.private"
    with closing(FileReader(ReadRequest(str(offered / "prices.csv"), None, shop))) as reader:
        assert isinstance(next(reader.frames()), Began)
    wide = msgspec.structs.replace(shop, folders=("/",))
    assert refused(data / "prices.csv", wide) == "sheet.private", "whatever folders are named"


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "pipe.csv", "/dev/zero", tmp_path):
        assert refused(path, SETTINGS) == "sheet.not_a_file"
    assert refused("prices\0.csv", SETTINGS) == "sheet.missing"


def test_a_look_at_a_file_takes_no_longer_than_somebody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_client, "SAMPLE_S", 0.01)
    assert refused(csv_file(tmp_path, "ean,name,price\n"), SETTINGS, sample=5) == "sheet.slow"


def test_a_bundle_comes_behind_its_parts(tmp_path: Path) -> None:
    header = "sku,name.en,price,part.1.sku,part.1.quantity\n"
    path = csv_file(tmp_path, f"{header}set,Set,5.00,a,2\na,Thing,3.00,,\n")
    entries = [entry for frame in frames(path) if isinstance(frame, Entries) for entry in frame.entries]
    assert [entry.said.product.sku for entry in entries if entry.said] == ["a", "set"]


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("", NeedsHuman, "sheet.empty"),
        ("a,b\n1,2\n", ConfigError, "ingest.not_understood"),
        (f"ean,name,price $\n{ean(1)},Milk,1\n", ConfigError, "ingest.currency"),
    ],
)
def test_what_the_process_cannot_take_is_said_here(tmp_path: Path, text: str, kind: type, key: str) -> None:
    with pytest.raises(kind) as error:
        list(frames(csv_file(tmp_path, text)))
    assert error.value.key == key  # type: ignore[attr-defined]


def test_a_process_that_is_killed_ends_in_words(tmp_path: Path) -> None:
    with closing(FileReader(ReadRequest(str(many(tmp_path, 200_000)), None, SETTINGS))) as reader:
        stopping = Timer(0.2, reader.stop)
        stopping.start()
        with pytest.raises(NeedsHuman) as error:
            list(reader.frames())
        stopping.join()
    assert error.value.key == "sheet.reader_died"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("prices.csv", "prices"),
        ("israeli_prices_2026-08-14.csv.gz", "israeli_prices"),
        ("PriceFull7290027600007-413-202608140300.xml.gz", "PriceFull7290027600007-413"),
        ("Price7290058140886-039-202608140300.gz", "Price7290058140886-039"),
        ("head office 20261120.XLSX", "head office"),
        ("2026-11-20.csv", "2026-11-20"),
    ],
)
def test_whose_word_a_file_is(name: str, source: str) -> None:
    assert source_of(name) == source
