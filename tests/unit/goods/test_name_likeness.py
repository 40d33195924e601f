"""Which of the shop's goods a rival's name means: on real names of one thing at several chains, the half that nothing
was tuned on; and what must never be taken for each other."""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import defaultdict
from pathlib import Path

import pytest

from edge.backoffice.feeds.applying.name_likeness import KnownNames

REAL = next(
    (
        folder / "data/catalogue/israel_he/israeli_prices_2026-08-14.csv.gz"
        for parent in Path(__file__).resolve().parents
        for folder in (parent / "shared", parent.parent / "shared")
        if (folder / "data/catalogue/israel_he").is_dir()
    ),
    None,
)
GOODS = (
    ("a", "Dark chocolate Lindt Excellence 70% 100 g"),
    ("b", "Dark chocolate Lindt Excellence 85% 100 g"),
    ("c", "Goldstar beer can 500 ml"),
    ("d", "Goldstar beer can 330 ml"),
)


def test_figures_and_sizes_hold_goods_apart() -> None:
    known = KnownNames(GOODS)
    assert known.propose_product("LINDT excellence dark choc. 85% 100g")[0] == "b"
    assert known.propose_product("LINDT excellence dark choc. 90% 100g") == ("", 0.0)
    assert known.propose_product("Beer can Goldstar 0.5 L")[0] == "c"
    assert known.propose_product("Goldstar beer can")[0] == "", "its size isn't set"
    assert known.propose_product("Milk 1 L")[0] == ""


def test_of_real_names_of_the_half_that_nothing_was_tuned_on_nine_of_ten_are_right() -> None:
    if REAL is None:
        pytest.skip("real names lie beside the project")
    names: dict[str, dict[str, str]] = defaultdict(dict)
    with gzip.open(REAL, "rt", encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            code = row["ברקוד"]
            if len(code) >= 12 and int(hashlib.sha256(code.encode()).hexdigest(), 16) % 2:
                names[row["רשת"]][code] = row["שם מוצר"]
    known, right, wrong = KnownNames(names["שופרסל"].items()), 0, 0
    for chain in ("רמי לוי", "יוחננוף"):
        for code, name in list(names[chain].items())[:4_000]:
            if proposed := known.propose_product(name)[0]:
                right, wrong = right + (proposed == code), wrong + (proposed != code)
    assert right >= 90, "of one in twenty somebody is asked; the rest has its code"
    assert right >= 0.9 * (right + wrong), (right, wrong)
