"""Cards are typed on their provider's page alone: no page of ours, and no script of one, has a field for a card."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(
    path
    for folder in ("edge", "sync")
    for kind in ("*.html", "*.js")
    for path in sorted((ROOT / folder).rglob(kind))
    if "node_modules" not in path.parts
)
FIELD = re.compile(
    r"""autocomplete\s*=\s*["']?cc-|name\s*=\s*["']?(?:card[_-]?number|pan|cvv2?|cvc2?|card[_-]?expiry)["'\s>]""",
    re.IGNORECASE,
)
"""What makes a browser offer a stored card (HTML, autofill), and what such fields are called."""


def test_no_page_has_a_field_for_a_card() -> None:
    assert len(PAGES) > 100, "the pages are where they were"
    assert FIELD.search('<input autocomplete="cc-number">') and FIELD.search('<input name="cvc">')
    found = [str(path.relative_to(ROOT)) for path in PAGES if FIELD.search(path.read_text(encoding="utf-8"))]
    assert found == []
