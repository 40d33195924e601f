"""Protects against CSV injection: cells that spreadsheets would run as formulas are escaped, and unescaped when read.
Pure.

OWASP, "CSV Injection": a name beginning with "=" could send neighbouring data to a stranger.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""Matches the start of a formula, also after apostrophes that already guard such text."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def guard_cell(cell: str) -> str:
    """Prefix a cell that would be a formula with an apostrophe, the spreadsheets' text marker."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def guarded_figure(cell: str) -> str:
    """Guard a cell of a table that is meant for calculations. Unlike with `guard_cell`, negative numbers remain
    numbers."""
    return cell if _NUMBER.fullmatch(cell) else guard_cell(cell)


def unguard_cell(cell: str) -> str:
    """Undo `guard_cell`, also for files of other programs."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
