"""Declarations of pages and routes come from the table of set-up, as long as their modules say the same."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.endpoints import DONE, Endpoint
from edge.core.services import Service, Services
from edge.lib.late_import import LateHandler, LateImport
from edge.web import page_table
from edge.web.capability_pages import load_declarations, modules
from edge.web.page_table import KINDS, PageTable, read_page_table, write_page_table

NAMES = [module.__name__ for module in modules()]
START = """
import importlib, os, sys
from pathlib import Path
import edge.app.cli.run
from edge.web import app, capability_pages, page_table
page_table.bytecode_folder = lambda file: Path(sys.argv[1])
capability_pages.use_page_table()
declared = app.declare_endpoints(None)
table = capability_pages._tables[0]
late = [name for name in table.modules if name not in sys.modules]
assert len(late) > 90, late
wrong = []
for name in late:
    if not (child := os.fork()):
        try:
            for one in (*table.before(name), name):
                importlib.import_module(one)
        except BaseException as error:
            os.write(2, f"{name}: {error!r}\\n".encode())
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        wrong.append(name)
sys.exit(f"can't be imported by themselves: {wrong}" if wrong else 0)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(page_table, "bytecode_folder", lambda file: tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


@pytest.fixture
def written(folder: Path) -> Path:
    """The table of all capabilities, in a file."""
    write_page_table(modules())
    return folder / "page-table"


def table() -> PageTable:
    """All that modules declare as the table keeps it, also of those that are imported here."""
    late = {one.__name__: kinds for one in modules() if (kinds := page_table._freeze_kinds(one)) is not None}
    return PageTable(NAMES, late)


def plain(declared: Any) -> dict[str, Any]:
    """Fields of a declaration that are neither functions nor what only the API's description reads."""
    left_out = page_table.DESCRIBED if isinstance(declared, Endpoint) else ()
    return {
        name: plain(value) if isinstance(value, msgspec.Struct) else value
        for name, value in msgspec.structs.asdict(declared).items()
        if name not in left_out and not callable(value)
    }


def functions(declared: Any) -> Iterator[tuple[Any, str]]:
    for field in declared.__struct_fields__:
        if callable(getattr(declared, field)):
            yield getattr(declared, field), field


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_says_what_the_modules_say(kind: str) -> None:
    said, real = list(table().declarations(kind)), load_declarations(kind)
    assert [plain(one) for one in said] == [plain(one) for one in real]
    for ours, theirs in zip(said, real, strict=True):
        for function, field in functions(ours):
            found = function.load() if isinstance(function, LateImport) else function
            assert found == getattr(theirs, field), ours


def test_an_endpoint_of_the_table_answers_as_the_real_one() -> None:
    for said, real in zip(table().declarations("ENDPOINTS"), load_declarations("ENDPOINTS"), strict=True):
        for name in ("id", "is_api", "streams", "takes_json", "rate_class", "plain_path"):
            assert getattr(said, name) == getattr(real, name), (real.path, name)
        assert (said.answer == DONE) is (real.answer is DONE), real.path


def test_what_capabilities_provide_is_found_by_the_name_of_the_service() -> None:
    real = {service.name: made for service, made in load_declarations("PROVIDES")}
    services = Services(None)
    for service, made in table().declarations("PROVIDES"):
        services.put(service, made)
    assert {name: services.of(Service(name)) for name in real} == real


def test_no_two_services_have_one_name() -> None:
    declared = {
        id(one): one.name
        for name, module in list(sys.modules.items())
        if name.startswith("edge.")
        for one in vars(module).values()
        if isinstance(one, Service)
    }
    assert [name for name, times in Counter(declared.values()).items() if times > 1] == []


def test_a_table_that_is_current_is_read(written: Path) -> None:
    assert read_page_table(NAMES) is not None


def test_a_table_of_other_sources_is_not(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = Path(str(modules()[0].__file__))
    marks = page_table._mark
    monkeypatch.setattr(page_table, "_mark", lambda path: (0, 0) if path == str(changed) else marks(path))
    assert read_page_table(NAMES) is None


def test_a_table_with_a_source_that_is_gone_is_not(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: str) -> tuple[int, int]:
        raise FileNotFoundError(path)

    monkeypatch.setattr(page_table, "_mark", missing)
    assert read_page_table(NAMES) is None


def test_a_table_without_a_new_module_is_not(written: Path) -> None:
    assert read_page_table([*NAMES, "edge.counter.raffles.routes"]) is None


def test_a_damaged_table_is_not(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[-9] ^= 1
    written.write_bytes(content)
    assert read_page_table(NAMES) is None


def test_no_table_is_none(folder: Path) -> None:
    assert read_page_table(NAMES) is None


def test_a_start_imports_no_page_and_each_can_be_asked_for_first(written: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", START, str(written.parent)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_a_page_is_imported_in_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop_beside.py").write_text("")
    (tmp_path / "shop_page.py").write_text(
        "import threading\n"
        "THREAD = threading.current_thread()\n"
        "class Page:\n"
        "    async def handler(self, request):\n"
        "        return request + 1\n"
        "PAGES = [Page()]\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    handler = LateHandler("shop_page", "PAGES", 0, "handler", "handler", ["shop_beside"])
    try:
        assert handler.__name__ == "handler"
        assert "shop_page" not in sys.modules
        assert asyncio.run(_both(handler)) == [2, 3]
        assert "shop_beside" in sys.modules
        assert sys.modules["shop_page"].THREAD is not threading.main_thread()
    finally:
        sys.modules.pop("shop_page", None)
        sys.modules.pop("shop_beside", None)


async def _both(handler: LateHandler) -> list[int]:
    return await asyncio.gather(handler(1), handler(2))
