"""Exception for a fault in a file for a tax authority, or in its source data."""

from __future__ import annotations

from edge.lib.errors import EdgeError


class FiscalFault(EdgeError):
    """The first fault found. It has a language-independent `code` and a `place` that an accountant can find (a record,
    a paper or a field)."""

    def __init__(self, code: str, place: str, what: str, advice: str = "") -> None:
        super().__init__(f"{place}: {what}", advice)
        self.code = code
        self.place = place
        self.reason = what
