"""What of a basket's lines a page does not have yet: a scan into a long basket sends its line alone. Pure."""

from __future__ import annotations

import re

from markupsafe import escape

MOST = 12
"""Lines that are sent one by one; with more of them, all are."""
FEWEST = 12
"""A basket that is shorter is sent whole."""
_ROW = re.compile(r'<li class="line[^>]* data-line="(\d+)".*?</li>\n?', re.DOTALL)
_STATE = re.compile(r'data-(count|touched|revision)="([^"]*)"')


def patch(before: str, after: str) -> str:
    """The piece that makes the one fragment `lines` of the other (static/lines.js), or all of it."""
    old, new = _rows(before), _rows(after)
    if len(new) < FEWEST or list(new)[: len(old)] != list(old) or _frame(before) != _frame(after):
        return after
    changed = [row for id, row in new.items() if old.get(id) != row]
    if len(changed) > MOST:
        return after
    state = " ".join(f'data-{key}="{escape(value)}"' for key, value in _STATE.findall(_opening(after)))
    rows = "".join(changed)
    return f'<div id="lines-patch" hx-swap-oob="true" hidden {state}><template>{rows}</template></div>'


def _rows(html: str) -> dict[str, str]:
    return {found[1]: found[0] for found in _ROW.finditer(html)}


def _opening(html: str) -> str:
    return html[: html.find(">")]


def _frame(html: str) -> str:
    """All but the lines, and which of them changed."""
    return _ROW.sub("", html[html.find(">") :])
