"""Who asks for a code at a register: what its scanner reads next goes there, and sells nothing."""

from __future__ import annotations

from edge.web.live.source import LiveSource, OpenPage

ASKS_FOR_CODE = "asks for a code"
"""What a page says while a field for a code is in front; anything else says that none is."""


class CodeTakers(LiveSource):
    """The pages that ask for a code now, by register: a price check, a gift card that is to be read."""

    def __init__(self) -> None:
        self._at: dict[str, list[OpenPage]] = {}

    def said(self, register: str, page: OpenPage, text: str) -> None:
        self.asks(register, page, text == ASKS_FOR_CODE)

    def asks(self, register: str, page: OpenPage, does: bool) -> None:
        """A page begins to ask, or asks no more."""
        others = [one for one in self._at.pop(register, []) if one is not page]
        if now := [*others, *([page] if does else [])]:
            self._at[register] = now

    def take(self, register: str, code: str) -> bool:
        """Give it to the page that began to ask last; False: none does."""
        pages = self._at.get(register)
        if not pages:
            return False
        pages[-1].scanned(code)
        return True
