"""Pages that request a code at a register. The next scan goes to the page and sells nothing."""

from __future__ import annotations

from edge.web.live.source import LiveSource, OpenPage

ASKS_FOR_CODE = "asks for a code"
"""Sent by a page while a code field has the focus. Any other value ends the request."""


class CodeTakers(LiveSource):
    """Pages that request a code, by register, such as a price check or a gift card to read."""

    def __init__(self) -> None:
        self._at: dict[str, list[OpenPage]] = {}

    def on_message(self, register: str, page: OpenPage, text: str) -> None:
        self.asks(register, page, text == ASKS_FOR_CODE)

    def asks(self, register: str, page: OpenPage, does: bool) -> None:
        """Record that a page starts or stops requesting codes."""
        others = [one for one in self._at.pop(register, []) if one is not page]
        if now := [*others, *([page] if does else [])]:
            self._at[register] = now

    def take(self, register: str, code: str) -> bool:
        """Pass the code to the page that started last; returns False if there is none."""
        pages = self._at.get(register)
        if not pages:
            return False
        pages[-1].send_scan(code)
        return True
