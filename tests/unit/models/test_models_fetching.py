"""Bringing a model from an address: from a real server that breaks off, sends the wrong thing, or has no parts."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.errors import FetchError
from models.manifest import Entry, download, entries, unpacking
from models.manifest.download import fetch

CONTENT = bytes(range(256)) * 4_096
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """Files by path; what goes wrong is said before."""

    def __init__(self) -> None:
        self.files = {"/model.bin": CONTENT}
        self.breaks: list[int] = []
        """After so many bytes of an answer the line is cut; one entry an answer."""
        self.status: list[int] = []
        self.parts = True
        self.tag = '"v1"'
        self.ranges: list[str | None] = []
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                house.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range")
        self.ranges.append(asked)
        content = self.files.get(request.path)
        status = self.status.pop(0) if self.status else 404 if content is None else 200
        if content is None or status >= 400:
            request.send_error(status)
            return
        start = 0
        if asked and self.parts and request.headers.get("If-Range") == self.tag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            status = 206
        request.send_response(status)
        request.send_header("Content-Length", str(len(content) - start))
        if self.tag:
            request.send_header("ETag", self.tag)
        request.end_headers()
        cut = self.breaks.pop(0) if self.breaks else len(content)
        request.wfile.write(content[start : start + cut])

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of a small test machine is never too full."""
    for module in (download, unpacking):
        monkeypatch.setattr(module, "FETCH_FREE_BYTES", 0)


def entry(server: Server, **more: Any) -> Entry:
    toy = {"name": "toy", "kind": "llm", "engine": "toy", "size_mb": 1, "memory_mb": 1, "licence": "MIT"}
    made = {**toy, "address": server.address, "files": {"model.bin": SHA256}, **more}
    return entries([made])["toy"]


class Taken:
    """Fetches, and keeps what was said of the progress and how long it paused."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.progress: list[tuple[str, int, int]] = []
        self.pauses: list[float] = []

    def fetch(self, made: Entry) -> Path:
        return fetch(made, self.folder, lambda *said: self.progress.append(said), self.pauses.append)

    @property
    def names(self) -> set[str]:
        place = self.folder / "toy"
        return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def test_a_model_is_brought_and_the_progress_told(server: Server, tmp_path: Path) -> None:
    taken = Taken(tmp_path)
    place = taken.fetch(entry(server))
    assert (place / "model.bin").read_bytes() == CONTENT
    assert taken.names == {"model.bin"}
    assert taken.progress[-1] == ("model.bin", len(CONTENT), len(CONTENT))
    taken.fetch(entry(server))
    assert len(server.ranges) == 1, "what is here already is not brought again"


def test_what_broke_off_is_taken_up_where_it_was(server: Server, tmp_path: Path) -> None:
    server.breaks = [300_000, 100_000]
    taken = Taken(tmp_path)
    taken.fetch(entry(server))
    assert server.ranges[0] is None
    starts = [int(str(asked)[6:-1]) for asked in server.ranges[1:]]
    assert starts == [300_000, 400_000]
    assert taken.pauses == [2.0, 4.0]
    assert (tmp_path / "toy" / "model.bin").read_bytes() == CONTENT


def test_a_later_run_takes_it_up_too(server: Server, tmp_path: Path) -> None:
    server.breaks = [10_000] * download.FETCH_TRIES
    taken = Taken(tmp_path)
    with pytest.raises(FetchError, match="was interrupted"):
        taken.fetch(entry(server))
    assert taken.names == {"model.bin.part", "model.bin.tag"}
    taken.fetch(entry(server))
    assert server.ranges[-1] == f"bytes={10_000 * download.FETCH_TRIES}-"
    assert taken.names == {"model.bin"}


def test_another_version_is_begun_again(server: Server, tmp_path: Path) -> None:
    server.breaks = [500_000]
    taken = Taken(tmp_path)
    server.files["/model.bin"] = b"old" * 300_000
    server.status = [200, 503, 503, 503, 503]
    with pytest.raises(FetchError, match="503"):
        taken.fetch(entry(server))
    server.files["/model.bin"], server.tag = CONTENT, '"v2"'
    taken.fetch(entry(server))
    assert (tmp_path / "toy" / "model.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("tag", ["", '"v1"'])
def test_a_server_without_parts_or_versions_is_asked_for_all_of_it(server: Server, tmp_path: Path, tag: str) -> None:
    server.parts, server.tag, server.breaks = False, tag, [200_000]
    Taken(tmp_path).fetch(entry(server))
    assert (tmp_path / "toy" / "model.bin").read_bytes() == CONTENT


def test_a_part_that_is_longer_than_the_file_is_given_up(server: Server, tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "model.bin.part").write_bytes(bytes(2 * len(CONTENT)))
    (tmp_path / "toy" / "model.bin.tag").write_text('"v1"')
    server.status = [416]
    Taken(tmp_path).fetch(entry(server))
    assert (tmp_path / "toy" / "model.bin").read_bytes() == CONTENT


def test_another_file_than_promised_is_not_kept(server: Server, tmp_path: Path) -> None:
    server.files["/model.bin"] = CONTENT[:-1] + b"!"
    taken = Taken(tmp_path)
    with pytest.raises(FetchError, match="different checksum"):
        taken.fetch(entry(server))
    assert taken.names == set()


def test_without_room_nothing_is_begun(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "FETCH_FREE_BYTES", shutil.disk_usage(tmp_path).total)
    taken = Taken(tmp_path)
    with pytest.raises(FetchError, match="must stay free"):
        taken.fetch(entry(server))
    assert taken.names == set()


def test_a_disk_that_fills_up_meanwhile_is_left_as_it_was(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, response: Any, part: Any, have: int, total: int) -> int:
        part.write(response.read(1_000))
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("models.manifest.download._Download._copy", full)
    taken = Taken(tmp_path)
    with pytest.raises(FetchError, match="Not enough space"):
        taken.fetch(entry(server))
    assert taken.names == set()


def test_a_folder_that_cannot_be_written_is_said(server: Server, tmp_path: Path) -> None:
    (tmp_path / "toy").write_text("a file in the way")
    with pytest.raises(FetchError, match="can't be written"):
        Taken(tmp_path).fetch(entry(server))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"address": ""}, "No download address"),
        ({"files": {"model.bin": ""}}, "SHA-256"),
        ({"files": {}}, "SHA-256"),
        ({"files": {"other.bin": SHA256}}, "404"),
    ],
)
def test_what_cannot_be_brought_says_what_to_do(server: Server, tmp_path: Path, more: Any, said: str) -> None:
    with pytest.raises(FetchError) as caught:
        Taken(tmp_path).fetch(entry(server, **more))
    assert said in str(caught.value)


def test_no_one_there(server: Server, tmp_path: Path) -> None:
    taken = Taken(tmp_path)
    with pytest.raises(FetchError, match="can't be reached"):
        taken.fetch(entry(server, address="http://127.0.0.1:9"))
    assert len(taken.pauses) == download.FETCH_TRIES - 1


def packed(names: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in names.items():
            pack.writestr(name, data)
    return sink.getvalue()


def archive(server: Server, content: bytes, files: dict[str, str]) -> Entry:
    server.files["/a.zip"] = content
    made = {"address": f"{server.address}/a.zip", "archive_sha256": hashlib.sha256(content).hexdigest()}
    return entry(server, files=files, **made)


def test_an_archive_is_unpacked_without_its_outer_folder(server: Server, tmp_path: Path) -> None:
    content = packed({"vosk-model/am/final.mdl": b"a", "vosk-model/conf/model.conf": b"c"})
    taken = Taken(tmp_path)
    taken.fetch(archive(server, content, {"am/final.mdl": "", "conf/model.conf": ""}))
    assert taken.names == {"am/final.mdl", "conf/model.conf"}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"../../outside": b"x", "am/final.mdl": b"a"}, "impossible name"),
        ({"/etc/outside": b"x", "am/final.mdl": b"a"}, "impossible name"),
        ({"something/else": b"x"}, "lacks am/final.mdl"),
    ],
)
def test_an_archive_that_is_wrong_is_refused(
    server: Server, tmp_path: Path, names: dict[str, bytes], said: str
) -> None:
    with pytest.raises(FetchError, match=said):
        Taken(tmp_path / "models").fetch(archive(server, packed(names), {"am/final.mdl": ""}))
    assert not (tmp_path / "outside").exists()


def test_an_invalid_archive_is_said(server: Server, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="a zip file"):
        Taken(tmp_path).fetch(archive(server, b"<html>not found</html>", {"am/final.mdl": ""}))


def test_an_archive_that_would_fill_the_disk_is_refused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "FETCH_BYTES", 1_000)
    bomb = packed({"am/final.mdl": bytes(1_000_000)})
    with pytest.raises(FetchError, match="unpacks to more"):
        Taken(tmp_path).fetch(archive(server, bomb, {"am/final.mdl": ""}))
