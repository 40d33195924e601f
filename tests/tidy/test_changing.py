"""docs/changing.md tells the truth: the files it lists are those that each change touches."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup.scaffold import capability, driver
from setup.scaffold.edits import Tree
from tests.tidy.tree import LEFT_OUT, ROOT

GUIDE = ROOT / "docs" / "changing.md"
FIRST_CHANGE = ROOT / "docs" / "first-change.md"
DIFF = re.compile(r"^```diff\n--- (?P<path>.+)\n\+\+\+ (?P=path)\n(?P<hunk>(?:[ +-].*\n)+)```$", re.MULTILINE)
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]*)+)`")
EVENTS = "edge/goods/catalog/events.py"
GOLDEN = "tests/golden/schemas"
NEXT_PRICE = "sku: str\n    price_minor: int\n    was_minor: int | None\n"
READERS = (
    "tests/unit/goods/test_product_fields.py",
    "tests/unit/goods/test_ingest_exporting.py",
    "tests/unit/lib/test_words.py::test_every_column_of_a_file_has_a_name_that_people_read",
    "tests/tidy/test_personal.py::test_every_free_text_of_an_event_is_sealed_or_of_nobody",
)
"""Tests of what reads the table of fields."""
TOLD = """
from edge.lib.i18n import words
from edge.lib.tables import TableRow
from edge.lib.tax.rules import TaxTable
from edge.goods.catalog.fields import form_lines
from edge.goods.ingest.catalog_export import cells_of
from edge.goods.ingest.mapping.mapping import guess
from edge.goods.ingest.mapping.row_converter import Converter, ImportSettings
from edge.backoffice.office.pages.journal import FactTeller
from edge.counter.till.settings import TillSettings
from edge.web.live.localizer import Localizer

(line,) = (line for line in form_lines() if line.name == "provenance")
print(words("fr")[line.word], words("en")[line.word], sep="\\n")
layout = guess(("sku", "name", "price", "Homeland"), "en", "a.csv")
found = Converter(layout, ImportSettings("EUR", "en", "standard")).convert(TableRow(2, ["1", "Mastic", "9", "Chios"]))
settings = TillSettings("EUR", TaxTable(True, "total", ()), "", (), (), "fr", "UTC", 1)
(told,) = FactTeller(Localizer("fr", settings), None, {}, {}).all_of({"provenance": "Chios"})
print(told.label)
print(found.product.provenance, cells_of(found.product, "EUR")["provenance"], sep="\\n")
"""


def listed(title: str) -> set[str]:
    """The files of the first table below a heading; a name alone is in the folder of the one before it."""
    (section,) = (part for part in GUIDE.read_text().split("\n## ") if part.startswith(title))
    table = re.search(r"^\| file \|.*\n\|[-|]+\n((?:\|.*\n)+)", section, re.MULTILINE)
    assert table, f"{title}: a table of files"
    return {path for row in table[1].splitlines() for path in _files(row.split("|")[1])}


def _files(cell: str) -> Iterator[str]:
    folder = Path()
    for name in re.findall(r"`([^`]+)`", cell):
        path = Path(name)
        at_root = (ROOT / name).is_file() and name not in {"README.md"}
        folder = path.parent if "/" in name else folder
        yield name if "/" in name or at_root else str(folder / name)


def named(paths: list[Path], name: str) -> set[str]:
    """As the guide writes them: NAME and NNNN in the place of the name and of a number."""
    floor = re.compile(r"^(edge|tests/unit)/backoffice/(?=(?:test_)?NAME)")
    told = (floor.sub(r"\1/FLOOR/", str(path).replace(name, "NAME")) for path in paths)
    return {re.sub(r"/\d{4}_", "/NNNN_", path) for path in told}


def test_a_driver_touches_what_is_listed() -> None:
    tree = Tree(ROOT)
    driver.plan(tree, "receipt_printer", "zebra")
    assert named(tree.changed, "zebra") == listed("A new printer, scanner or display")


@pytest.mark.parametrize(("role", "more"), [("scanner", "tests/scanners.py"), ("customer_display", "test_displays.py")])
def test_drivers_of_other_roles_touch_what_is_told(role: str, more: str) -> None:
    tree = Tree(ROOT)
    driver.plan(tree, role, "zebra")
    told = GUIDE.read_text() + " drivers/displays/NAME.py drivers/scanners/NAME.py drivers/scanners/README.md"
    assert any(str(path).endswith(more) for path in tree.changed)
    assert not [path for path in named(tree.changed, "zebra") if path not in told]


def test_a_capability_touches_what_is_listed() -> None:
    tree = Tree(ROOT)
    capability.plan(tree, "trial", hub=False)
    made = {f"{GOLDEN}/events-NAME.json", f"{GOLDEN}/openapi.json", "docs/tree.md", "edge/FLOOR/README.md"}
    made.add("edge/core/migrations/NNNN_NAME.sql")
    assert named(tree.changed, "trial") | made == listed("A new capability")
    with_hub = Tree(ROOT)
    capability.plan(with_hub, "trial", hub=True)
    more = named(with_hub.changed, "trial") - named(tree.changed, "trial")
    assert more == {"edge/FLOOR/NAME/hub.py"}
    with_page = Tree(ROOT)
    capability.plan(with_page, "trial", hub=False, page=True)
    pages = {f"edge/FLOOR/NAME/pages/{file}" for file in ("__init__.py", "NAME.html", "NAME.css", "NAME.js")}
    assert named(with_page.changed, "trial") - named(tree.changed, "trial") == pages


@pytest.mark.nightly
def test_a_new_version_of_an_event_touches_what_is_listed(tmp_path: Path) -> None:
    copy = tmp_path / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.egg-info"))
    assert _golden(copy).returncode == 0
    files = (copy / EVENTS, *(copy / GOLDEN).iterdir())
    before = {path: path.read_bytes() for path in files}
    text = (copy / EVENTS).read_text()
    head, rest = text.split(f"    {NEXT_PRICE}", 1)
    (copy / EVENTS).write_text(f'{head}    {NEXT_PRICE}    why: str = ""\n{rest}')
    refused = _golden(copy)
    assert refused.returncode == 1 and "PriceChanged is not what version 1 of it was" in refused.stderr
    (copy / EVENTS).write_text(f'{head}    version = 2\n\n    {NEXT_PRICE}    why: str = ""\n{rest}')
    assert _golden(copy).returncode == 0
    changed = {str(path.relative_to(copy)) for path in files if path.read_bytes() != before[path]}
    assert changed == listed("A new version of an event")


@pytest.mark.slow
def test_a_field_of_a_product_touches_what_is_listed(tmp_path: Path) -> None:
    copy = tmp_path / "tree"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.egg-info"))
    assert _golden(copy).returncode == 0
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    by_hand = apply_diffs(FIRST_CHANGE.read_text(encoding="utf-8"), copy)
    assert _golden(copy).returncode == 0
    assert _python(copy, "-m", "pytest", "-q", "-n", "0", *READERS)
    told = _python(copy, "-c", TOLD).splitlines()
    assert told == ["Provenance", "Origin", "provenance", "Chios", "Chios"], "form, journal, a file in, a file out"
    made = {"__pycache__", ".pytest_cache", ".hypothesis"}
    after = (path for path in copy.rglob("*") if path.is_file() and made.isdisjoint(path.parts))
    changed = {str(path.relative_to(copy)) for path in after if before.get(path) != path.read_bytes()}
    assert changed == listed("A field of a product")
    assert len(by_hand) == 5, "places by hand"


def apply_diffs(page: str, copy: Path) -> set[str]:
    """Make the changes that the diffs of a page show, whose lines must be there once; the files changed."""
    diffs = list(DIFF.finditer(page))
    assert len(diffs) == page.count("```diff")
    for diff in diffs:
        lines = diff["hunk"].splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = (copy / diff["path"]).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{diff['path']} no longer has the lines around this change"
        (copy / diff["path"]).write_text(text.replace(old, new), encoding="utf-8")
    return {diff["path"] for diff in diffs}


def _python(copy: Path, *arguments: str) -> str:
    """What a program says that runs in a copy of the tree, and ends well."""
    ran = subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]
    return ran.stdout


def _golden(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tests.golden"], cwd=copy, capture_output=True, text=True, check=False)


def test_the_flows_go_through_files_that_are_there() -> None:
    paths = set(PATH.findall((ROOT / "docs" / "flows.md").read_text()))
    assert len(paths) > 40
    assert not [
        path
        for path in paths
        if not (ROOT / "edge" / path).exists() and not (ROOT / "docs" / path).exists() and not (ROOT / path).exists()
    ]


def test_every_other_path_that_is_named_is_there() -> None:
    paths = {path for path in PATH.findall(GUIDE.read_text()) if not re.search("NAME|NNNN|FLOOR|CODE", path)}
    assert len(paths) > 20
    assert not [path for path in paths if not (ROOT / path).exists()]
