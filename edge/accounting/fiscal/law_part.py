"""Background work of fiscal law: starts configured laws, closes finished periods, and keeps the signed log up to
date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import msgspec

from edge.accounting.fiscal.commands import CloseFiscalPeriods, SignLog, StartRegime
from edge.accounting.fiscal.queries import read_regimes, read_registers
from edge.accounting.fiscal.regimes import SIGNING
from edge.accounting.fiscal.settings import FiscalSettings
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.foundation.access.rights import system

EVERY_S, STOP_S = 20.0, 2.0


class LawPart:
    """Does the law's work while no till is in use."""

    def __init__(self, shop: CommandBus, settings: FiscalSettings) -> None:
        self._shop = shop
        self._settings = settings
        self._started = False

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        try:
            await self._shop.till_first.repeat(self.look, EVERY_S)
        except asyncio.CancelledError:
            with suppress(Exception):  # nothing may prevent shutdown
                async with asyncio.timeout(STOP_S):
                    await self._run_command(SignLog(stopped=True))
            raise

    async def look(self) -> None:
        """Start, close and log everything that is due. The writer decides which day it is."""
        await self._begin()
        for law in read_regimes(self._shop.reader):
            for one in read_registers(self._shop.reader, law.regime) if law.regime in SIGNING else ():
                while await self._run_command(CloseFiscalPeriods(), one.register):
                    pass
        more = await self._run_command(SignLog(started=not self._started))
        self._started = True
        while more:
            async with self._shop.till_first.turn():
                more = await self._run_command(SignLog())

    async def _begin(self) -> None:
        known = {one.regime for one in read_regimes(self._shop.reader)}
        for regime in self._settings.regimes:
            if regime not in known:
                await self._shop.do(StartRegime(regime), system())  # a refusal is reported by the alert

    async def _run_command(self, command: CloseFiscalPeriods | SignLog, register: str = "") -> bool:
        """Run a command. Returns whether there is more to do."""
        outcome = await self._shop.do(command, msgspec.structs.replace(system(), register=register))
        return isinstance(outcome, Done) and bool(outcome.result)


def part(settings: FiscalSettings) -> PartSpec:
    """The part of a store with these settings."""

    def make(context: PartContext) -> LawPart:
        return LawPart(context.shop, settings)

    return PartSpec("law", make)
