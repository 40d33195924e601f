"""What a file for a tax authority, or what is to go into one, has wrong."""

from __future__ import annotations

from edge.lib.errors import EdgeError


class FiscalFault(EdgeError):
    """The first fault found, by a `code` that stays the same in every language, and where it stands.

    `place` is what an accountant can find again: a record, a paper, a field.
    """

    def __init__(self, code: str, place: str, what: str, advice: str = "") -> None:
        super().__init__(f"{place}: {what}", advice)
        self.code = code
        self.place = place
        self.reason = what
