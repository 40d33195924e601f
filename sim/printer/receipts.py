"""A printer's output: receipts, from cut to cut."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from sim.printer.ops import Cut, Op
from sim.printer.paper import draw

MAX_RECEIPTS = 50
MAX_RECEIPT_BYTES = 8 * 1024 * 1024  # then the paper is cut without a command
MAX_RECEIPT_OPS = 100_000  # likewise


class Receipt(msgspec.Struct, frozen=True):
    """The output between two cuts; `cut_s` is the time of the cut, on the monotonic clock.

    `text` and `png` are the printed content; `raw` are the bytes from cut to cut; `kicked`: the drawer got a pulse in
    between. A pulse after the cut counts only in `SimPrinter.kicks`.
    """

    number: int
    text: str
    png: bytes
    raw: bytes
    kicked: bool
    cut_s: float = 0.0


class Receipts:
    """The `last` MAX_RECEIPTS, also in `folder` if given, and the output since the last cut.

    `kicked`: the drawer got a pulse since then. `note` receives mistakes that a real printer ignores silently.
    """

    def __init__(self, folder: Path | None, note: Callable[[str], None]) -> None:
        self.last: deque[Receipt] = deque(maxlen=MAX_RECEIPTS)
        self.kicked = False
        self._folder = folder
        self._note = note
        self._ops: list[Op] = []
        self._raw = bytearray()
        self._raw_from = 0
        self._count = 0
        self._given = 0
        self._printed = asyncio.Event()

    @property
    def too_long(self) -> bool:
        return len(self._raw) > MAX_RECEIPT_BYTES or len(self._ops) > MAX_RECEIPT_OPS

    def print_bytes(self, data: bytes) -> None:
        """Add bytes being printed."""
        self._raw += data

    def forget_sent(self) -> None:
        """The power failed; paper already printed stays."""
        self._raw.clear()
        self._raw_from = 0
        self.kicked = False

    def print(self, op: Op) -> None:
        self._ops.append(op)

    def end_job(self) -> None:
        """End a job, so that its drawer pulse doesn't count for the next receipt."""
        if not self._ops:
            self.kicked = False

    async def next(self) -> Receipt:
        """Wait for and return the oldest receipt that hasn't been returned yet."""
        await self._has_number(self._given + 1)
        oldest = self.last[0].number
        self._given = max(self._given + 1, oldest)
        return self.last[self._given - oldest]

    async def newer_than(self, number: int) -> Receipt:
        """Wait for and return the newest receipt with a number above `number`."""
        await self._has_number(number + 1)
        return self.last[-1]

    async def _has_number(self, number: int) -> None:
        while not self.last or self.last[-1].number < number:
            await self._printed.wait()

    async def cut(self, cut: Cut) -> Receipt:
        """Cut the paper. The part cut off is a receipt, even if the power fails before it is read."""
        ops, self._ops = [*self._ops, cut], []
        end = cut.at - self._raw_from
        raw = bytes(self._raw[:end])
        del self._raw[:end]
        self._raw_from = cut.at
        kicked, self.kicked = self.kicked, False
        self._count += 1
        cut_off = Receipt(self._count, "", b"", raw, kicked, time.monotonic())
        try:
            return self._lies_there(*await asyncio.to_thread(self._look, cut_off, ops))
        except asyncio.CancelledError:
            self._lies_there(*self._look(cut_off, ops))
            raise

    def _look(self, cut_off: Receipt, ops: list[Op]) -> tuple[Receipt, bool]:
        """Return the receipt with its text and picture, and whether the cut was below its last line."""
        drawing = draw(ops)
        receipt = msgspec.structs.replace(cut_off, text=drawing.text, png=drawing.png)
        if self._folder is not None:
            _keep(self._folder, receipt)
        return receipt, drawing.clear_of_knife

    def _lies_there(self, receipt: Receipt, clear_of_knife: bool) -> Receipt:
        if not clear_of_knife:
            self._note("GS V without a feed before it: the last line is still under the knife")
        self.last.append(receipt)
        self._printed.set()
        self._printed.clear()
        return receipt


def _keep(folder: Path, receipt: Receipt) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name, old = (f"receipt-{number:06d}" for number in (receipt.number, receipt.number - MAX_RECEIPTS))
    (folder / f"{name}.png").write_bytes(receipt.png)
    (folder / f"{name}.txt").write_text(receipt.text, encoding="utf-8")
    for ending in ("png", "txt"):
        (folder / f"{old}.{ending}").unlink(missing_ok=True)
