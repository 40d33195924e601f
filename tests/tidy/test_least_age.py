"""How old one must be for a product is asked in one place: no one else reads a product's `min_age`, but who edits,
imports or exports what it says itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "edge"
ASKS = ROOT / "goods/catalog/least_age.py"
SAYS = (
    *(
        "goods/catalog/pages/product_form.py",
        "counter/bulk_edit/rules.py",
        "app/demo_shop/demo_catalog.py",
        "app/demo_shop/demo_history.py",
    ),
    "operations/shop_file/goods.py",
)
"""Where what a product says of itself is shown to be changed, exported, or made up."""
WORKED_OUT = frozenset({"question", "goods", "order"})
"""What has a `min_age` that was asked for: a question at the till, the goods of an order."""


def readers(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr == "min_age" and isinstance(node.ctx, ast.Load):
            of = node.value
            name = of.attr if isinstance(of, ast.Attribute) else of.id if isinstance(of, ast.Name) else ""
            if name not in WORKED_OUT and not (name == "cell_parsers" and "ingest" in path.parts):
                yield f"{path.relative_to(ROOT)}:{node.lineno}"


def test_everybody_asks_the_law() -> None:
    allowed = {ASKS, *(ROOT / name for name in SAYS)}
    found = [place for path in sorted(ROOT.rglob("*.py")) if path not in allowed for place in readers(path)]
    assert not found, f"ask edge.goods.catalog.least_age instead: {found}"
    pages = [path for path in ROOT.rglob("*.html") if "product.min_age" in path.read_text(encoding="utf-8")]
    assert not pages, f"show the age that least_ages says: {pages}"
