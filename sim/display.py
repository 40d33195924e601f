"""A customer display on a serial line, simulated by a pseudo-terminal (pty(7)): two lines of letters on a pole.

It supports both common command sets: Epson's (DM-D) and CD5220.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

from sim.serial_port import SimSerialPort

READ_BYTES = 4096
MAX_HELD_BYTES = 256  # of an unfinished command; anything longer is noise and is dropped
MAX_UNKNOWN = 100

COMMANDS: dict[str, re.Pattern[bytes]] = {
    name: re.compile(pattern, re.DOTALL)
    for name, pattern in {
        "CLR clear": rb"\x0c",
        "HOM home": rb"\x0b",
        "LF": rb"\n",
        "CR": rb"\r",
        "ESC @ initialize": rb"\x1b@",
        "ESC t select page": rb"\x1bt(.)",
        "ESC Q A upper line": rb"\x1bQA([^\r]*)\r",
        "ESC Q B lower line": rb"\x1bQB([^\r]*)\r",
        "US $ move cursor": rb"\x1f\$(.)(.)",
        "text": rb"([\x20-\xff]+)",
    }.items()
}
_BEGUN = re.compile(rb"\x1b(t|Q([AB][^\r]*)?)?|\x1f(\$.?)?", re.DOTALL)


class SimDisplay:
    """A display that the appliance opens at `path`; `lines` are the displayed ones.

    `page` is the selected code page. `unknown` names each unsupported byte or command once. With `link`, `path` is that
    symbolic link and stays the same through unplugging. Use it only in one event loop.
    """

    def __init__(self, columns: int = 20, code_page: str = "cp437", link: Path | None = None) -> None:
        self.columns = columns
        self.unknown: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.page = 0
        self._code_page = code_page
        self._port = SimSerialPort(link)
        self._waking: set[asyncio.Future[None]] = set()
        self._held = b""
        self._clear()
        self.replug()

    @property
    def path(self) -> str:
        return self._port.path

    @property
    def lines(self) -> tuple[str, str]:
        """The displayed text."""
        upper, lower = (bytes(line).decode(self._code_page, "replace") for line in self._cells)
        return upper, lower

    async def until(self, condition: Callable[[tuple[str, str]], bool]) -> tuple[str, str]:
        """Wait until the display shows this; the caller sets the deadline."""
        while not condition(self.lines):
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waking.add(waiter)
            await waiter
        return self.lines

    def unplug(self) -> None:
        """Pull the cable: the port hangs up, its path vanishes, and the display is dark."""
        if self._port.master is None:
            return
        asyncio.get_running_loop().remove_reader(self._port.master)
        self._port.unplug()
        self._held = b""
        self._clear()

    def replug(self) -> None:
        """Plug it in (again)."""
        if (master := self._port.plug()) is not None:
            asyncio.get_running_loop().add_reader(master, self._read, master)

    close = unplug

    def stall(self) -> None:
        """Stop reading, like a display that hangs."""
        if self._port.master is not None:
            asyncio.get_running_loop().remove_reader(self._port.master)

    def power_cycle(self) -> None:
        """Interrupt the power: the display is dark and reset. The port at this end stays open."""
        self._held = b""
        self.page = 0
        self._clear()

    def _read(self, master: int) -> None:
        self.take(os.read(master, READ_BYTES))

    def take(self, data: bytes) -> None:
        """Execute bytes, split anywhere."""
        self._held += data
        while self._held and self._step():
            pass
        if len(self._held) > MAX_HELD_BYTES:
            self._note("a command without end")
            self._held = b""
        if not self.seen or self.seen[-1] != self.lines:
            self.seen = [*self.seen[-49:], self.lines]
        for waiter in self._waking:
            if not waiter.done():
                waiter.set_result(None)
        self._waking.clear()

    def _step(self) -> bool:
        """Execute the next command; False if it is incomplete."""
        for name, pattern in COMMANDS.items():
            if found := pattern.match(self._held):
                self._held = self._held[found.end() :]
                self._obey(name, found)
                return True
        if _BEGUN.fullmatch(self._held):
            return False
        self._note(f"0x{self._held[0]:02x}")
        self._held = self._held[1:]
        return True

    def _obey(self, name: str, found: re.Match[bytes]) -> None:
        match name:
            case "CLR clear" | "ESC @ initialize":
                self._clear()
            case "HOM home":
                self._at = 0
            case "ESC t select page":
                self.page = found[1][0]
            case "LF":
                self._at = (self._at + self.columns) % (2 * self.columns)
            case "CR":
                self._at -= self._at % self.columns
            case "ESC Q A upper line" | "ESC Q B lower line":
                row = 0 if name.startswith("ESC Q A") else 1
                self._cells[row][:] = found[1][: self.columns].ljust(self.columns)
            case "US $ move cursor":
                self._move(found[1][0], found[2][0])
            case "text":
                for byte in found[1]:
                    row, column = divmod(self._at, self.columns)
                    self._cells[row][column] = byte
                    self._at = (self._at + 1) % (2 * self.columns)

    def _move(self, column: int, row: int) -> None:
        if 1 <= column <= self.columns and 1 <= row <= 2:
            self._at = (row - 1) * self.columns + column - 1
        else:
            self._note(f"US $ to {column}, {row}")

    def _clear(self) -> None:
        self._cells = [bytearray(b" " * self.columns), bytearray(b" " * self.columns)]
        self._at = 0

    def _note(self, what: str) -> None:
        if what not in self.unknown and len(self.unknown) < MAX_UNKNOWN:
            self.unknown.append(what)
