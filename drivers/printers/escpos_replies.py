"""Parse an ESC/POS printer's replies. Pure: bytes in, answers out.

Source: Epson, ESC/POS Command Reference, "Status" and "Data sent from the printer". Fixed bits identify each answer, so
answers may come in any order, with automatic ones in between.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from drivers.roles import Fault, Paper, PrinterStatus

ASK_STATUS = b"".join(b"\x10\x04" + bytes((n,)) for n in (1, 2, 3, 4))
"""DLE EOT 1 to 4: each is answered at once with one byte, even if the printer can't print."""
ASK_PROCESSED = b"\x1dr\x01"
"""GS r 1: answered with one byte, after everything sent before it is processed."""
ASK_MODEL = b"\x1dIC"
"""GS I 67: answered with the model's name, after everything sent before it."""
TELL_CHANGES = b"\x1da\x0f"
"""GS a: report the status automatically, now and whenever drawer, readiness, errors or paper change."""
OPEN_DRAWER_NOW = b"\x10\x14\x01\x00\x01"
"""DLE DC4 1 0 1: send a 100 ms pulse to the drawer's pin 2 at once, even if the printer can't print."""
_BLOCKS = {b"\x37\x22": 7, b"\x53\x37": 7}
_NAME_BYTES = 81  # GS I: a header, at most 79 characters, NUL


class Realtime(msgspec.Struct, frozen=True):
    """An answer to DLE EOT. The byte doesn't say which request it answers; only the order of answers does."""

    byte: int


class Processed(msgspec.Struct, frozen=True):
    """The answer to GS r (`mark` is empty) or to GS ( H function 48 (`mark` is its process ID)."""

    mark: bytes = b""


class Automatic(msgspec.Struct, frozen=True):
    """An automatic status after GS a, or enabled by a switch of the printer."""

    status: PrinterStatus


class Named(msgspec.Struct, frozen=True):
    """The answer to GS I: the printer's name."""

    name: str


class Noise(msgspec.Struct, frozen=True):
    """Output that isn't from a receipt printer."""

    data: bytes


Answer = Realtime | Processed | Automatic | Named | Noise


def ask_processed(mark: bytes) -> bytes:
    """GS ( H function 48: return `mark` (four bytes from 0x20 to 0x7E) once everything before is printed."""
    return b"\x1d(H\x06\x0000" + mark


def status_of(answers: Sequence[Realtime]) -> PrinterStatus:
    """The status from answers to ASK_STATUS, in order."""
    printer, offline, error, paper = (answer.byte for answer in answers)
    return PrinterStatus(
        online=not printer & 0x08,
        cover_open=bool(offline & 0x04),
        paper=_paper(near_end=paper & 0x0C, out=paper & 0x60 or offline & 0x20),
        error=_error(cutter=error & 0x08, broken=error & 0x24, overheated=error & 0x40),
        drawer_pin="high" if printer & 0x04 else "low",
    )


class Parser:
    """Parses the stream in any chunks. It buffers at most one incomplete answer."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[Answer]:
        """The answers completed by `data`."""
        self._held += data
        answers: list[Answer] = []
        while self._held:
            size = _length(self._held)
            if size > len(self._held):
                break
            taken, self._held = self._held[:size], self._held[size:]
            answer = _answer(taken)
            if answer is not None:
                answers.append(answer)
        return answers


class Replies:
    """The answers in one turn: the newest to each request, until the request is repeated.

    `status`: complete once all four answers to ASK_STATUS arrived. `processed`: marks of processed data. `model`: the
    printer's name. `noise`: whether there was output that isn't from a receipt printer.
    """

    def __init__(self) -> None:
        self.status: PrinterStatus | None = None
        self.processed: list[bytes] = []
        self.model = ""
        self.noise = False
        self._parser = Parser()
        self._realtime: list[Realtime] = []

    def forget_status(self) -> None:
        """Forget the status before requesting it again."""
        self.status = None
        self._realtime.clear()

    def feed(self, data: bytes) -> list[PrinterStatus]:
        """Add the printer's output; returns automatic statuses in it."""
        told = []
        for answer in self._parser.feed(data):
            match answer:
                case Realtime():
                    self._realtime.append(answer)
                    if len(self._realtime) == len(ASK_STATUS) // 3:
                        self.status = status_of(self._realtime)
                        self._realtime.clear()
                case Automatic(status):
                    told.append(status)
                case Named(name):
                    self.model = name
                case Processed(mark):
                    self.processed.append(mark)
                case Noise():
                    self.noise = True
        return told


def _length(held: bytes) -> int:
    """Return the length of the answer at the start of `held`.

    If too few bytes are held to know it, the result is larger than `held`.
    """
    first = held[0]
    if first & 0x93 == 0x10:
        return 4
    if block := next((size for head, size in _BLOCKS.items() if head.startswith(held[:2])), 0):
        return block
    if first in (0x5F, 0x3D):
        end = held.find(0, 0, _NAME_BYTES)
        return end + 1 if end >= 0 else _NAME_BYTES
    return 1


def _answer(data: bytes) -> Answer | None:
    first = data[0]
    if first in (0x11, 0x13):  # XON, XOFF: flow control
        return None
    if first & 0x93 == 0x12:
        return Realtime(first)
    if first & 0x93 == 0x10:
        return Automatic(_automatic(data))
    if first & 0xF0 == 0:
        return Processed()
    if data[:2] == b"\x37\x22":
        return Processed(data[2:6])
    if first == 0x5F:
        return Named(data[1:].rstrip(b"\0").decode("ascii", "replace").strip())
    if len(data) > 1:
        return None  # another block, which wasn't requested
    return Noise(data)


def _automatic(data: bytes) -> PrinterStatus:
    printer, error, paper, _ = data
    return PrinterStatus(
        online=not printer & 0x08,
        cover_open=bool(printer & 0x20),
        paper=_paper(near_end=paper & 0x03, out=paper & 0x0C),
        error=_error(cutter=error & 0x08, broken=error & 0x24, overheated=error & 0x40),
        drawer_pin="high" if printer & 0x04 else "low",
    )


def _paper(near_end: int, out: int) -> Paper:
    return "out" if out else "near_end" if near_end else "ok"


def _error(cutter: int, broken: int, overheated: int) -> Fault:
    return "cutter" if cutter else "overheated" if overheated else "broken" if broken else "none"
