"""The part that reads a register's scanner and puts what it reads into the basket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.roles import DeviceError, Scan, Scanner
from edge.core.messages import Actor, Command, Outcome
from edge.lib.errors import DeviceLost
from edge.shop.access.rights import anonymous_actor
from edge.shop.till.commands import AddLine


class Door(Protocol):
    """Where a scan is done: the shop's, or the practice's of whoever learns at its register."""

    async def do(self, command: Command, actor: Actor, /) -> Outcome: ...


OnScan = Callable[[Scan, Outcome], None]
"""Hears what came of a scan."""


def ignore_outcome(scan: Scan, outcome: Outcome) -> None:
    """Whoever scans sees the till."""


class ScannerPart:
    """Every scan becomes an `AddLine` at its register, in the order in which they came, by who stands there."""

    def __init__(
        self,
        shop: Door,
        scanner: Scanner,
        register: str,
        who: Callable[[str], Actor] = anonymous_actor,
        told: OnScan = ignore_outcome,
    ) -> None:
        self._shop = shop
        self._scanner = scanner
        self._register = register
        self._who = who
        self._told = told

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. `DeviceLost`: the scanner is gone."""
        try:
            await self._scanner.open()
            ready()
            async for scan in self._scanner.scans():
                # A code is ASCII; what is not shows itself as such in "no product has the code ...".
                code = scan.data.decode("ascii", "backslashreplace")
                self._told(scan, await self._shop.do(AddLine(code, scan.symbology or ""), self._who(self._register)))
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            await self._scanner.close()
        raise DeviceLost("The scanner's line ended.", "Check its cable.", "device.ended")
