"""Faults of the simulated printer. Each lasts until `recover`, unless stated otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from sim.printer.ops import Cut, Feed, Op
from sim.printer.status import Condition

Broken = Literal["line", "power"]


class Faults:
    """The active faults; blocked work waits on `able`."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.condition = Condition()
        self.able = asyncio.Event()
        self.flowing = asyncio.Event()
        self.free = asyncio.Event()
        self.line_s = 0.0
        self.lying = False
        self.mute = False
        self._changed = changed
        self._lines_left: int | None = None
        self._jam = False
        self._break_after: tuple[int, Broken] | None = None
        self.clear()

    def clear(self) -> None:
        """Clear all faults."""
        self._lines_left = self._break_after = None
        self._jam = self.lying = self.mute = False
        self.line_s = 0.0
        self.flowing.set()
        self.free.set()
        self.set(cover_open=False, paper="ok", error="none", held=False)

    def set(self, **fields: object) -> None:
        """Change the condition; clients that enabled GS a are notified."""
        for name, value in fields.items():
            setattr(self.condition, name, value)
        if self.condition.prints:
            self.able.set()
        else:
            self.able.clear()
        self._changed()

    def paper_out_after(self, lines: int) -> None:
        """Run out of paper when `lines` more are printed; the sensor says near the end until then."""
        self._lines_left = lines
        self.set(paper="near_end" if lines else "out")

    def jam_at_cut(self) -> None:
        """Jam at the next cut."""
        self._jam = True

    def break_after(self, count: int, what: Broken) -> None:
        """Break the connection, or cut the power, after `count` more bytes."""
        self._break_after = (count, what)

    def pass_on(self, data: bytes) -> tuple[bytes, Broken | None]:
        """Return the part of `data` that still arrives, and the fault that occurs after it, if any."""
        if self._break_after is None:
            return data, None
        left, what = self._break_after
        data = data[:left]
        left -= len(data)
        self._break_after = (left, what) if left else None
        return data, None if left else what

    async def before(self, op: Op) -> None:
        """Wait until the printer can perform `op`, which may itself trigger a fault."""
        if self._jam and isinstance(op, Cut):
            self._jam = False
            self.set(error="cutter")
        await self.able.wait()
        if isinstance(op, Feed):
            if self.line_s:
                await asyncio.sleep(self.line_s)
            if self._lines_left is not None:
                self._lines_left -= 1
                if self._lines_left <= 0:
                    self._lines_left = None
                    self.set(paper="out")
