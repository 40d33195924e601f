"""Reads a register's scanner and adds scans to its basket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.roles import DeviceError, Scan, Scanner
from edge.core.messages import Actor, Command, Outcome
from edge.counter.till.commands import AddLine
from edge.foundation.access.rights import anonymous_actor
from edge.lib.errors import DeviceLost


class Door(Protocol):
    """The command bus for scans: the shop's, or practice mode's."""

    async def do(self, command: Command, actor: Actor, /) -> Outcome: ...


OnScan = Callable[[Scan, Outcome | None], None]
"""Receives a scan's outcome; None if a page had requested the code."""
Asked = Callable[[str, str], bool]
"""Passes a code to the page that requested one at the register. Returns False if no page did."""


def ignore_outcome(scan: Scan, outcome: Outcome | None) -> None:
    """Ignore the outcome. This is the default, because the person scanning sees the till."""


def sell_every_scan(register: str, code: str) -> bool:
    """Sell every scan. This is the default."""
    return False


class ScannerPart:
    """Turns each scan into an `AddLine` at its register, in order and by its current user.

    Codes that a page requested (`asked`) go to the page instead.
    """

    def __init__(
        self,
        shop: Door,
        scanner: Scanner,
        register: str,
        who: Callable[[str], Actor] = anonymous_actor,
        told: OnScan = ignore_outcome,
        asked: Asked = sell_every_scan,
    ) -> None:
        self._shop = shop
        self._scanner = scanner
        self._register = register
        self._who = who
        self._told = told
        self._asked = asked

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. Raises `DeviceLost` if the scanner is gone."""
        try:
            await self._scanner.open()
            ready()
            async for scan in self._scanner.scans():
                # Codes are ASCII; other bytes appear escaped in "no product has the code ...".
                code = scan.data.decode("ascii", "backslashreplace")
                self._told(scan, await self._handle_code(code, scan.symbology or ""))
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            await self._scanner.close()
        raise DeviceLost("The connection to the scanner was lost.", "Check its cable.", "device.ended")

    async def _handle_code(self, code: str, symbology: str) -> Outcome | None:
        if self._asked(self._register, code):
            return None
        return await self._shop.do(AddLine(code, symbology), self._who(self._register))
