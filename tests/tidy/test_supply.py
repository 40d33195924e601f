"""What the appliance is made of: a shop has no tool of development, and the bill of materials names everything."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from setup import __main__ as entry
from setup import audit, python, sbom, step
from tests.tidy.tree import ROOT

TOOLS = {"bandit", "beancount", "hypothesis", "import-linter", "mypy", "pip-audit", "playwright", "pytest", "ruff"}


def test_a_shop_has_no_tool_of_development() -> None:
    assert not TOOLS & python.names_in(python.LOCK)
    assert python.names_in(python.DEVELOPMENT_LOCK) >= TOOLS


@pytest.mark.parametrize(("purpose", "tools"), [("demo", False), ("again", False), ("llama", False), ("test", True)])
def test_only_who_tests_brings_the_tools(
    purpose: str, tools: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    assert ("development" in [each.name for each in entry._plan(purpose)]) == tools


def test_setting_up_again_brings_the_tools_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "LOCAL", tmp_path)
    stamp = python.development().stamp()
    stamp.parent.mkdir()
    stamp.write_text("")
    assert "development" in [each.name for each in entry._plan("again")]


def test_what_stands_in_two_locks_is_the_same_version() -> None:
    pins: dict[str, dict[str, set[str]]] = {}
    for file in (python.LOCK, python.DEVELOPMENT_LOCK):
        for line in file.read_text().splitlines():
            name, same, version = line.partition("==")
            if same and not line.startswith(" "):
                pins.setdefault(name, {}).setdefault(file.name, set()).add(version.rstrip(" \\"))
    both = {name: found for name, found in pins.items() if len(found) == 2}
    assert both and all(len({frozenset(pin) for pin in found.values()}) == 1 for found in both.values()), both


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    return sbom.document()


def test_the_bill_names_every_locked_package_once_with_its_version(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references))
    for name in python.names_in(python.LOCK) | python.names_in(python.DEVELOPMENT_LOCK):
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


def test_an_audit_that_cannot_be_made_is_said_and_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "DATABASE", "http://127.0.0.1:9/")
    assert audit.run() == 0
    assert "skipped: the database of known holes cannot be reached" in capsys.readouterr().err
