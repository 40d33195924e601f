"""State of an ESC/POS printer between commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from sim.printer.codepages import decode
from sim.printer.ops import BarStyle, Bitmap, Layout, Style

DPI = 203
MAX_QR_BYTES = 7092


class QrSetup(msgspec.Struct, frozen=True):
    """A QR code being prepared: `module` in dots."""

    data: bytes = b""
    module: int = 3
    level: Literal["L", "M", "Q", "H"] = "L"


class State:
    """The printer's current settings. `reset` performs ESC @."""

    def __init__(self, code_pages: Mapping[int, str], paper_dots: int) -> None:
        self._code_pages = code_pages
        self._paper_dots = paper_dots
        self.reset()

    def reset(self) -> None:
        """Restore the power-on settings."""
        self.style = Style()
        self.layout = Layout(width=self._paper_dots, paper=self._paper_dots)
        self.bars = BarStyle()
        self.qr = QrSetup()
        self.matrix: dict[int, bytes] = {}
        self.modules: dict[int, int] = {}
        self.image: Bitmap | None = None
        self.unit_x = DPI
        self.unit_y = DPI
        self._codec = self._code_pages.get(0, "cp437")

    def select_page(self, number: int) -> None:
        """Select a code page. Raises ValueError for an unsupported one, and selects page 0."""
        self._codec = self._code_pages.get(number, self._code_pages.get(0, "cp437"))
        if number not in self._code_pages:
            raise ValueError(f"code page {number}")

    def decode(self, data: bytes) -> str:
        """Decode bytes in the selected page."""
        return decode(data, self._codec)

    def dots_x(self, units: int) -> int:
        """Horizontal motion units (GS P) in dots."""
        return units * DPI // self.unit_x

    def dots_y(self, units: int) -> int:
        """Vertical motion units (GS P) in dots."""
        return units * DPI // self.unit_y

    def column(self) -> int:
        """Width of one character, in dots."""
        cell = 9 if self.style.font == "b" else 12
        return (cell + self.style.gap) * self.style.wide
