"""Modules come from the file that set-up made, and from their sources wherever those say something else."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

from edge.lib.prepared_modules import PreparedFinder, PreparedLoader, use_prepared_modules, write_modules

NAMES = ("shop_of_test", "shop_of_test.till", "shop_of_test.till.drawer")


@pytest.fixture(autouse=True)
def _own_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "bytecode"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    others = [finder for finder in sys.meta_path if not isinstance(finder, PreparedFinder)]
    monkeypatch.setattr(sys, "meta_path", others)
    monkeypatch.syspath_prepend(str(tmp_path / "first"))
    yield
    _forget()


def _forget() -> None:
    for name in NAMES:
        sys.modules.pop(name, None)
    importlib.invalidate_caches()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A package whose modules are prepared, and not loaded any more."""
    folder = tmp_path / "first" / "shop_of_test"
    (folder / "till").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "till/__init__.py").write_text("REGISTER = 1\n")
    (folder / "till/drawer.py").write_text("def opened():\n    return 'once'\n")
    (folder / "till/words.toml").write_text("open = true\n")
    importlib.import_module(NAMES[-1])
    write_modules({name: sys.modules[name] for name in NAMES})
    _forget()
    return folder


def drawer() -> ModuleType:
    return importlib.import_module(NAMES[-1])


def is_prepared(module: ModuleType) -> bool:
    return isinstance(module.__loader__, PreparedLoader)


def test_submodules_come_from_the_file(sources: Path) -> None:
    use_prepared_modules()
    found = drawer()
    assert is_prepared(found) and found.opened() == "once"
    assert found.__file__ == str(sources / "till/drawer.py") == found.opened.__code__.co_filename
    till = sys.modules["shop_of_test.till"]
    assert is_prepared(till) and till.REGISTER == 1
    assert (files(till) / "words.toml").read_text() == "open = true\n"


def test_a_source_that_changed_is_read(sources: Path) -> None:
    (sources / "till/drawer.py").write_text("def opened():\n    return 'twice, since'\n")
    use_prepared_modules()
    assert drawer().opened() == "twice, since"
    assert not is_prepared(drawer())
    assert is_prepared(sys.modules["shop_of_test.till"])


def test_a_source_of_the_same_size_and_another_time_is_read(sources: Path) -> None:
    file = sources / "till/drawer.py"
    file.write_text("def opened():\n    return 'anew'\n")
    os.utime(file, (1, 1))
    use_prepared_modules()
    assert drawer().opened() == "anew"


def test_a_module_that_was_removed_is_not_there(sources: Path) -> None:
    (sources / "till/drawer.py").unlink()
    use_prepared_modules()
    with pytest.raises(ModuleNotFoundError):
        drawer()


def test_a_package_of_the_same_name_that_is_found_first_has_its_own_modules(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "shop_of_test"
    (other / "till").mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "till/__init__.py").write_text("")
    (other / "till/drawer.py").write_text("def opened():\n    return 'elsewhere'\n")
    monkeypatch.syspath_prepend(str(tmp_path / "other"))
    use_prepared_modules()
    assert drawer().opened() == "elsewhere"


@pytest.mark.parametrize("name", ["modules", "modules-index"])
@pytest.mark.parametrize("keep", [0, 40, -1])
def test_a_torn_file_is_left_alone(sources: Path, tmp_path: Path, name: str, keep: int) -> None:
    (file,) = (tmp_path / "bytecode").rglob(name)
    file.write_bytes(file.read_bytes()[:keep])
    use_prepared_modules()
    assert not any(isinstance(finder, PreparedFinder) for finder in sys.meta_path)
    assert drawer().opened() == "once"


def test_code_that_is_damaged_is_read_from_its_source(sources: Path, tmp_path: Path) -> None:
    (file,) = (tmp_path / "bytecode").rglob("modules")
    whole = file.read_bytes()
    file.write_bytes(whole[:16] + bytes(len(whole) - 16))
    use_prepared_modules()
    assert drawer().opened() == "once"


def test_where_nothing_was_prepared_modules_are_found_as_usual(sources: Path, tmp_path: Path) -> None:
    for file in (tmp_path / "bytecode").rglob("modules*"):
        file.unlink()
    use_prepared_modules()
    assert drawer().opened() == "once"
