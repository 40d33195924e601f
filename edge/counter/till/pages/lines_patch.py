"""Send a page only the changed lines of a long basket. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

MOST = 12
"""Maximum lines sent one by one. Above it, all lines are sent."""
FEWEST = 12
"""Baskets with fewer lines are sent whole."""
_ROW = '<li class="line'
_STATE = re.compile(r'data-(?:count|touched|revision)="[^"]*"')


class _Parts(NamedTuple):
    """The fragment's parts: opening tag, text before the lines, the lines, and text after them."""

    opening: str
    before: str
    rows: list[str]
    behind: str


@lru_cache(8)  # all pages of a register and language share it
def patch(before: str, after: str) -> str:
    """The patch that turns fragment `before` into `after` (static/lines.js), or all of `after`."""
    old, new = _apart(before), _apart(after)
    if len(new.rows) < FEWEST or len(new.rows) < len(old.rows):
        return after
    if (old.before, old.behind) != (new.before, new.behind):
        return after
    known = [*old.rows, *[""] * (len(new.rows) - len(old.rows))]
    changed = [(was, row) for was, row in zip(known, new.rows, strict=True) if was != row]
    if len(changed) > MOST or not all(_id(row) and (not was or _id(was) == _id(row)) for was, row in changed):
        return after
    state = " ".join(_STATE.findall(new.opening))
    rows = "".join(row for _, row in changed)
    return f'<div id="lines-patch" hx-swap-oob="true" hidden {state}><template>{rows}</template></div>'


def _apart(html: str) -> _Parts:
    head, *rows = html.split(_ROW)
    behind = ""
    if rows:
        rows[-1], end, behind = rows[-1].rpartition("</li>")
        rows[-1] += end
    opening, _, before = head.partition(">")
    return _Parts(opening, before, [f"{_ROW}{row.rstrip()}\n" for row in rows], behind.strip())


def _id(row: str) -> str:
    """The line's number; empty for returned goods."""
    return row.partition(' data-line="')[2].partition('"')[0]
