"""An ESC/POS interpreter: turns the bytes sent to a printer into the actions they request.

Pure: no I/O, no clock. It understands the output of python-escpos and escpos-php; other commands are skipped by their
length and recorded by name. Source: Epson, ESC/POS Command Reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sim.printer.codepages import EPSON
from sim.printer.commands import IGNORED, OBEY
from sim.printer.lengths import DLE, ESC, FS, GS, PREFIXES, length
from sim.printer.ops import PAPER_DOTS, Cut, Feed, Op, Tab, Text
from sim.printer.state import State

MAX_COMMAND_BYTES = 4 * 1024 * 1024  # a picture 80 mm wide and seven metres long
MAX_UNKNOWN = 100
HEAD_BYTES = 600  # enough for the header of nearly any command, and for any list that ends with NUL

_NAMES = {ESC: "ESC", FS: "FS", GS: "GS", DLE: "DLE"}
_SILENT = b"\x00\x07\x0b\x0d\x18"  # NUL, BEL, VT, CR and CAN print nothing on a receipt
_printable = re.compile(rb"[\x20-\xff]+").match


class Interpreter:
    """Feed it chunks of any size; the results don't depend on where they were split.

    `unknown` names each skipped command once, up to MAX_UNKNOWN of them. `past` counts the executed bytes. At most
    MAX_COMMAND_BYTES of an incomplete command are buffered; a longer one is skipped.
    """

    def __init__(
        self,
        code_pages: Mapping[int, str] = EPSON,
        unknown: list[str] | None = None,
        paper_dots: int = PAPER_DOTS,
    ) -> None:
        self.unknown: list[str] = [] if unknown is None else unknown
        self._state = State(code_pages, paper_dots)
        self._held = bytearray()
        self._skip = 0
        self._need = 0
        self.past = 0

    def feed(self, data: bytes) -> list[Op]:
        """Return the ops that `data` completes, in order."""
        self._held += data
        if len(self._held) < self._need:
            return []
        self._need = 0
        ops: list[Op] = []
        at = 0
        while at < len(self._held):
            taken = self._step(at, ops)
            if not taken:
                break
            at += taken
        del self._held[:at]
        self.past += at
        return ops

    def _step(self, at: int, ops: list[Op]) -> int:
        """Execute the command at `at` in the buffer; returns its length, or 0 if it is incomplete."""
        if self._skip:
            skipped = min(self._skip, len(self._held) - at)
            self._skip -= skipped
            return skipped
        if run := _printable(self._held, at):
            text = self._state.decode(run.group())
            ops.append(Text(text, self._state.style, self._state.layout))
            return run.end() - at
        if self._held[at] in PREFIXES:
            return self._command(at, ops)
        self._control(self._held[at], ops)
        return 1

    def _control(self, byte: int, ops: list[Op]) -> None:
        layout = self._state.layout
        if byte in (0x0A, 0x0C):  # LF, and FF, which also feeds outside page mode
            ops.append(Feed(layout.line, layout))
        elif byte == 0x09:
            ops.append(Tab(layout))
        elif byte not in _SILENT:
            self.note(f"0x{byte:02x}")

    def _command(self, at: int, ops: list[Op]) -> int:
        held = len(self._held) - at
        size = self._measure(at)
        if size is None:
            if held <= MAX_COMMAND_BYTES:
                return 0
            size = 2
        command = bytes(self._held[at : at + size])
        if size > MAX_COMMAND_BYTES:
            self.note(f"{_name(command)} of {size} bytes")
            self._skip = size
            return self._step(at, ops)
        if held < size:
            self._need = size
            return 0
        for op in self._obey(command):
            ops.append(replace(op, at=self.past + at + size) if isinstance(op, Cut) else op)
        return size

    def _measure(self, at: int) -> int | None:
        size = length(bytes(self._held[at : at + HEAD_BYTES]))
        if size is None and len(self._held) - at > HEAD_BYTES:
            size = length(bytes(self._held[at:]))
        return size

    def _obey(self, command: bytes) -> Sequence[Op]:
        if deed := OBEY.get(command[:2]):
            try:
                return deed(self._state, command)
            except ValueError as err:
                self.note(f"{_name(command)}: {err}")
        elif command[:2] not in IGNORED:
            self.note(_name(command))
        return ()

    def note(self, what: str) -> None:
        """Record something that couldn't be done."""
        if what not in self.unknown and len(self.unknown) < MAX_UNKNOWN:
            self.unknown.append(what)


def _name(command: bytes) -> str:
    char = chr(command[1]) if 0x21 <= command[1] < 0x7F else f"0x{command[1]:02x}"
    return f"{_NAMES[command[:1]]} {char}"
