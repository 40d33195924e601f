"""Cells that a spreadsheet would take for formulas, and run: none are written, and what was written is read back. Pure.

OWASP, "CSV Injection": a name that begins with "=" could send what stands beside it to a stranger.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""Where one begins; apostrophes before it are those of names that were guarded already."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def guard_cell(cell: str) -> str:
    """The cell behind an apostrophe, the spreadsheets' own mark of a text, where it would be a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def guarded_figure(cell: str) -> str:
    """As `guarded`, but a number below zero stays one: in tables that are made to be reckoned with, not read back."""
    return cell if _NUMBER.fullmatch(cell) else guard_cell(cell)


def unguard_cell(cell: str) -> str:
    """What was `guarded`, by us or by others, as it was."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
