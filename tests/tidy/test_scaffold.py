"""`./run new` makes beginnings that pass every check at once, in a copy of the tree as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.tree import LEFT_OUT, ROOT, files

pytestmark = pytest.mark.slow

BEGINNINGS = (
    ("capability", "raffles"),
    ("capability", "lost_things", "--hub", "--page"),
    ("migration", "raffles_and_lost_things"),
    ("driver", "scanner", "acme"),
    ("driver", "receipt_printer", "acme"),
    ("driver", "customer_display", "acme"),
    ("driver", "scale", "acme"),
    ("driver", "payment_terminal", "acme"),
    ("driver", "camera", "acme"),
    ("driver", "microphone", "acme"),
    ("driver", "speaker", "acme"),
)
CHECKS = ("ruff check .", "ruff format --check .", "lint-imports --no-logo")
TESTS = (
    *(
        "tests/tidy",
        "tests/golden/test_contracts.py",
        "tests/contract/hub/test_hub_tables.py",
        "tests/contract/api/test_panel_commands.py::test_the_table_has_every_command",
        "tests/migration/test_migrations.py",
        "tests/unit/runtime/test_config.py",
    ),
    *(
        "tests/unit/lib/test_words.py",
        "tests/unit/backoffice/test_raffles.py",
        "tests/unit/backoffice/test_lost_things.py",
    ),
)
CONTRACTS = tuple(
    f"tests/contract/devices/test_{name}.py"
    for name in ("cameras", "displays", "printers", "printers_options", "scales", "scanners", "sounds", "terminals")
)
LONG = "not old_ledger and not setup and not systemd and not noise and not mib"


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in the copy, with the programs that this one runs with."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "PYTHONPYCACHEPREFIX": str(folder.parent / "pycache")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # twenty programs of the copy: each would compile it anew
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)


def new(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return call(folder, sys.executable, "-m", "setup.scaffold", *words)


def pytest_of(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return call(folder, sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *words)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree with one of each beginning."""
    folder = tmp_path_factory.mktemp("copy") / "tree"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.egg-info"))
    (folder / "tests" / "tidy" / Path(__file__).name).unlink()
    (folder / ".venv").symlink_to(sys.prefix)
    for words in BEGINNINGS:
        made = new(folder, *words)
        assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("command", CHECKS)
def test_lint_finds_nothing(copy: Path, command: str) -> None:
    checked = call(copy, *command.split())
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.nightly
def test_the_tests_pass(copy: Path) -> None:
    # test_changing makes the same beginnings once more
    about_the_tree = ("--ignore", "tests/tidy/test_changing.py", "--ignore", "tests/tidy/test_guides.py")
    passed = pytest_of(copy, *TESTS, *about_the_tree, "-k", LONG)
    assert passed.returncode == 0, passed.stdout


@pytest.mark.nightly
def test_the_drivers_keep_the_contract_of_their_role(copy: Path) -> None:
    passed = pytest_of(copy, *CONTRACTS, "-k", "acme")
    assert passed.returncode == 0, passed.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("capability", "loyalty"), "edge/counter/loyalty already exists"),
        (("capability", "Loyalty"), "'Loyalty' isn't a valid name"),
        (("capability", "product-notes"), "'product-notes' isn't a valid name"),
        (("driver", "scanner", "acme"), "A scanner driver called 'acme' already exists"),
        (("driver", "toaster", "acme"), "invalid choice: 'toaster'"),
        ((), "the following arguments are required: kind"),
    ],
)
def test_what_cannot_be_made_changes_nothing(copy: Path, words: tuple[str, ...], said: str) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*.py")}
    refused = new(copy, *words)
    assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*.py")} == before


def test_the_templates_are_in_the_tree() -> None:
    """Nothing that .gitignore leaves out: a clean clone has them."""
    assert len(list(files(".txt", under="setup/scaffold"))) >= 10
