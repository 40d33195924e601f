"""Everything is where a newcomer looks for it, and named in the lists that must name it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from edge.core.storage.migrate import BASELINE
from edge.lib.floors import FLOORS
from setup import python
from tests.tidy.tree import ROOT, files, packages

COMMANDS = re.compile(r"^    ([a-z]+)\)$", re.MULTILINE)
NAME = re.compile(r"^([A-Za-z0-9_.-]+)")


@pytest.fixture
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def run_commands() -> list[str]:
    return COMMANDS.findall((ROOT / "run").read_text())


def test_every_room_has_a_readme() -> None:
    due = [f"edge/{name}" for name in ("core", "lib", "runtime", "operations", "web", *FLOORS)]
    due += [str(package) for package in packages() if package.name != "edge"]
    due += ["setup", "systemd", "tests/bench", "tests/tidy"]
    missing = [name for name in due if (ROOT / name).is_dir() and not (ROOT / name / "README.md").exists()]
    assert not missing, "half a page: what it is for, its words, its invariants, how to add one more of its kind"


def test_tests_are_in_the_folder_of_what_they_look_at() -> None:
    beside = {
        "app",
        "operations",
        "runtime",
        "web",
        "core",
        "lib",
        "drivers",
        "models",
        "sandbox",
        "setup",
        "sim",
        "sync",
        "twin",
    }
    wires = {"api", "devices", "engines", "hub", "requirements", "servers", "sync"}
    places = {**dict.fromkeys(("unit", "flow", "browser"), beside.union(FLOORS)), "contract": wires}
    tests = [path for path in files(".py", under="tests") if path.name.startswith("test_") and path.parts[1] in places]
    assert len(tests) > 1000
    wrong = [str(path) for path in tests if len(path.parts) != 4 or path.parts[2] not in places[path.parts[1]]]
    assert not wrong, "tests/flow/FLOOR/test_x.py, so that `./run test FLOOR` runs it"


def test_the_floors_are_those_of_the_contract(project: dict[str, Any]) -> None:
    contracts = {contract["id"]: contract for contract in project["tool"]["importlinter"]["contracts"]}
    layers = [layer.removeprefix("edge.") for layer in reversed(contracts["floors"]["layers"])]
    assert [layer for layer in layers if layer in FLOORS] == list(FLOORS)
    assert "ignore_imports" not in contracts["floors"], "turn the arrow: a hook below that the floor above fills"


def test_a_newcomer_sees_few_folders() -> None:
    folders = [path for path in (ROOT / "edge").iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert len(folders) <= 16


def test_every_package_is_checked_and_installed(project: dict[str, Any]) -> None:
    names = {str(package) for package in packages()}
    assert names <= set(project["tool"]["importlinter"]["root_packages"])
    assert names <= set(project["tool"]["mypy"]["packages"])
    assert {f"{name}*" for name in names} <= set(project["tool"]["setuptools"]["packages"]["find"]["include"])


def test_the_lock_knows_every_dependency(project: dict[str, Any]) -> None:
    wanted = [*project["project"]["dependencies"]]
    wanted += [line for extra in project["project"]["optional-dependencies"].values() for line in extra]
    wanted += project["dependency-groups"]["dev"]
    names = {match[1].lower().replace("_", "-") for line in wanted if (match := NAME.match(line))}
    locks = (*python.AUDITED, python.LLAMA_LOCK)
    missing = sorted(names - set().union(*map(python.names_in, locks)))
    assert not missing, "run ./run lock"


def test_migrations_are_numbered_without_gaps() -> None:
    folders = {path.parent for path in files(".sql") if path.parent.name == "migrations"}
    for folder in folders:
        first = BASELINE + 1 if folder == Path("edge/core/migrations") else 1
        numbers = sorted(int(path.name[:4]) for path in (ROOT / folder).glob("*.sql"))
        assert numbers == list(range(first, first + len(numbers))), folder


def test_help_names_every_command() -> None:
    helped = re.findall(r"^\./run ([a-z]+)", (ROOT / "run").read_text(), re.MULTILINE)
    assert sorted(run_commands()) == sorted(helped)
    assert len(helped) >= 7


def test_the_page_of_commands_names_every_command() -> None:
    text = (ROOT / "docs" / "commands.md").read_text()
    assert not [name for name in run_commands() if f"./run {name}" not in text]


def test_the_readme_is_read_on_two_screens() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= 60, "details go into docs/features.md and docs/commands.md"
