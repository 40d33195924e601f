"""Sentences about stock, and what each means.

A line: what is said (several turns parted by "|"), what it changes ("D13 -3", "D13 =22" for what is there then,
nothing where nothing may happen), and what is answered by the kind of question. They were written before the rules were
changed for them. `fresh_*.txt` are forty more a language that came later.
Half of them, by a digest of the line, were looked at meanwhile; the others, `held`, were only counted, but for those
that moved what was not said.
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import NamedTuple

from edge.goods.catalog.product import Product

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "fr", "he")


class Saying(NamedTuple):
    """What is said, turn by turn; how much each product changes, or (True) how much of it is there then; what is
    answered by the kind of question."""

    turns: tuple[str, ...]
    changes: dict[str, tuple[bool, int]]
    answers: dict[str, str]
    held: bool


def goods() -> tuple[Product, ...]:
    """The products that the sayings are of."""
    with (FOLDER / "catalogue.tsv").open(encoding="utf-8") as file:
        return tuple(
            Product(
                row["sku"],
                {one: row[one] for one in LANGUAGES},
                (),
                round(float(row["price"]) * 100),
                "reduced",
                row["unit"],  # type: ignore[arg-type]
                container=row["container"],
                box=int(row["box"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )


def sayings(language: str) -> list[Saying]:
    """All of a language."""
    texts = ((FOLDER / f"{name}{language}.txt").read_text(encoding="utf-8") for name in ("", "fresh_"))
    lines = [line for text in texts for line in text.splitlines()]
    return [_read(line) for line in lines if line and not line.startswith("#")]


def _read(line: str) -> Saying:
    said, _, rest = line.partition(" =>")
    changes, _, answers = rest.partition(";")
    told = [one.split() for one in changes.split(",") if one.strip()]
    amounts = {sku: (amount[0] == "=", round(float(amount.removeprefix("=")) * 1000)) for sku, amount in told}
    replies = dict(one.strip().split("=", 1) for one in answers.split(";") if "=" in one)
    held = hashlib.sha256(line.encode()).digest()[0] % 2 == 1
    return Saying(tuple(one.strip() for one in said.split("|")), amounts, replies, held)
