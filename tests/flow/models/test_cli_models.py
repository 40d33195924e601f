"""`edge models`: what a shop's installer sees and does."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from edge.__main__ import main
from models import registry
from models.manifest import download
from tests.shipping import ship_no_model
from tests.shop_fixture import CONFIG
from tests.toy_engines import ENGINES

WEIGHTS = b"weights" * 10_000
MODELS = """
[models]
memory_mb = {memory_mb}
keep = ["writer"]
use = {{ llm = "fetched" }}
[[models.model]]
name = "writer"
kind = "llm"
engine = "toy"
size_mb = 0
memory_mb = 64
licence = "MIT"
[[models.model]]
name = "fetched"
kind = "llm"
engine = "toy"
languages = ["fr"]
size_mb = 1
memory_mb = 100
licence = "MIT"
address = "{address}"
files = {{ "weights.bin" = "{sha256}" }}
"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server with the weights."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "weights.bin").write_bytes(WEIGHTS)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Shop:
    """Its command line; `said` is what the last command printed."""

    def __init__(self, folder: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._address = address
        self._capsys = capsys
        self.configure()

    def configure(self, memory_mb: int = 500) -> None:
        sha256 = hashlib.sha256(WEIGHTS).hexdigest()
        models = MODELS.format(memory_mb=memory_mb, address=self._address, sha256=sha256)
        (self.folder / "config.toml").write_text(CONFIG + models)

    def models(self, *arguments: str) -> int:
        status = main(["--config", str(self.folder / "config.toml"), "models", *arguments])
        out = self._capsys.readouterr()
        self.said = out.out + out.err
        return status


@pytest.fixture
def shop(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(registry, "ENGINES", {**registry.ENGINES, **ENGINES})
    monkeypatch.setattr(download, "FETCH_FREE_BYTES", 0)
    ship_no_model(monkeypatch, tmp_path)
    return Shop(tmp_path, address, capsys)


def test_a_missing_model_is_listed_with_what_to_do_fetched_and_then_here(shop: Shop) -> None:
    assert shop.models("list") == 0
    lines = shop.said.splitlines()
    assert any(line.startswith("here  writer ") for line in lines)
    assert any(line.startswith("-     fetched ") for line in lines)
    assert "fetched is not here. Put weights.bin into" in shop.said
    assert "or run: edge models fetch fetched." in shop.said
    assert shop.models("check") == 1
    assert "WRONG  fetched: fetched is not here." in shop.said

    assert shop.models("fetch", "fetched") == 0
    assert (shop.folder / "data" / "models" / "fetched" / "weights.bin").read_bytes() == WEIGHTS
    assert shop.models("check") == 0
    assert "ok     fetched:" in shop.said
    assert "It fits." in shop.said


def test_a_damaged_model_is_found(shop: Shop) -> None:
    assert shop.models("fetch", "fetched") == 0
    place = shop.folder / "data" / "models" / "fetched" / "weights.bin"
    place.write_bytes(b"!" + WEIGHTS[1:])
    assert shop.models("check") == 1
    assert "WRONG  fetched: damaged: weights.bin" in shop.said


def test_the_memory_is_planned_for_this_box_or_another(shop: Shop) -> None:
    shop.models("fetch", "fetched")
    assert shop.models("check", "--box-mb", "4096") == 0
    assert "Of 4096 MiB, models can use 500; 64 are always in use" in shop.said
    shop.configure(memory_mb=80)
    assert shop.models("check") == 1
    assert "too large  fetched" in shop.said
    assert "The models don't all fit" in shop.said


def test_models_are_measured(shop: Shop) -> None:
    assert shop.models("bench", "writer") == 0
    assert "tokens/s" in shop.said
    assert shop.models("bench", "fetched") == 1
    assert "Not installed: fetched" in shop.said


def test_what_is_not_known_is_said(shop: Shop) -> None:
    assert shop.models("fetch", "nothing") == 1
    assert "Model 'nothing' not found. Known models:" in shop.said
