"""The part that reads a register's scanner and puts what it reads into the basket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.roles import DeviceError, Scan, Scanner
from edge.core.messages import Actor, Command, Outcome
from edge.counter.till.commands import AddLine
from edge.foundation.access.rights import anonymous_actor
from edge.lib.errors import DeviceLost


class Door(Protocol):
    """Where a scan is done: the shop's, or the practice's of whoever learns at its register."""

    async def do(self, command: Command, actor: Actor, /) -> Outcome: ...


OnScan = Callable[[Scan, Outcome | None], None]
"""Hears what came of a scan; None: it was shown to whoever asked for a code."""
Asked = Callable[[str, str], bool]
"""Gives what was read at a register to whoever asks there for a code; False: nobody does."""


def ignore_outcome(scan: Scan, outcome: Outcome | None) -> None:
    """Whoever scans sees the till."""


def nobody_asks(register: str, code: str) -> bool:
    """All that is read is sold."""
    return False


class ScannerPart:
    """Every scan becomes an `AddLine` at its register, in the order in which they came, by who stands there; but of
    what is `asked` for there."""

    def __init__(
        self,
        shop: Door,
        scanner: Scanner,
        register: str,
        who: Callable[[str], Actor] = anonymous_actor,
        told: OnScan = ignore_outcome,
        asked: Asked = nobody_asks,
    ) -> None:
        self._shop = shop
        self._scanner = scanner
        self._register = register
        self._who = who
        self._told = told
        self._asked = asked

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. `DeviceLost`: the scanner is gone."""
        try:
            await self._scanner.open()
            ready()
            async for scan in self._scanner.scans():
                # A code is ASCII; what is not shows itself as such in "no product has the code ...".
                code = scan.data.decode("ascii", "backslashreplace")
                self._told(scan, await self._made_of(code, scan.symbology or ""))
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            await self._scanner.close()
        raise DeviceLost("The connection to the scanner was lost.", "Check its cable.", "device.ended")

    async def _made_of(self, code: str, symbology: str) -> Outcome | None:
        if self._asked(self._register, code):
            return None
        return await self._shop.do(AddLine(code, symbology), self._who(self._register))
