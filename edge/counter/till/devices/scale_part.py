"""Reads a register's scale, shows its reading on the page and answers weight questions with it.

Goods already at rest on the scale when scanned are weighed at once. Otherwise the till asks, and a key takes the weight
once it's stable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from drivers.roles import DeviceError, Scale
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome, Refused
from edge.counter.basket.basket import Basket, Question
from edge.counter.till.commands import AddLine, AnswerQuestion, WeighGoods
from edge.counter.till.rules.weighing import TARE_MOST_G, CounterScale
from edge.lib.errors import DeviceLost

SCALE = "scale"
"""The bus topic for changed readings."""
LOOK_S = 0.25
"""Seconds between readings, short enough not to miss a weight between two lines."""


class ScalePart:
    """One register's scale, with its reading in `counter`."""

    def __init__(self, shop: CommandBus, scale: Scale, register: str) -> None:
        self.counter = CounterScale()
        self._shop = shop
        self._scale = scale
        self._register = register
        self._asked: tuple[Question, Actor] | None = None
        self._wake = asyncio.Event()
        shop.listen(self._on_outcome)

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled. Raises `DeviceLost` if the scale is gone; weights are then typed."""
        try:
            await self._scale.open()
            await self._look()
            ready()
            while True:
                self._wake.clear()
                await self._weigh_what_was_scanned()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_S):
                        await self._wake.wait()
                await self._look()
        except DeviceError as error:
            raise DeviceLost(error.what, error.advice, f"device.{error.code or 'failed'}") from error
        finally:
            self._show_nothing()
            await self._scale.close()

    async def weigh(self, question: int, actor: Actor) -> Outcome:
        """Answer a question with the current weight."""
        if refused := await self._fresh():
            return refused
        if refusal := self.counter.why_not():
            return refusal.refused
        gross_g, tare_g = self.counter.net_g + self.counter.packing_g, self.counter.packing_g
        outcome = await self._shop.do(WeighGoods(question, gross_g, tare_g), actor)
        if isinstance(outcome, Done):
            self.counter.take()
            self._shop.bus.publish(SCALE)
        return outcome

    async def zero(self) -> Refused | None:
        """Set the scale to zero. Returns why it can't; None if it did."""
        try:
            done = await self._scale.zero()
        except DeviceError:
            return Refused("scale_lost")
        if done:
            self.counter.tare_g = 0
        return await self._fresh() or (None if done else Refused("scale_not_zeroed"))

    async def tare(self, grams: int | None = None) -> Refused | None:
        """Set the tare in grams, or from the load; an empty scale clears it. Returns the refusal if that fails."""
        if refused := await self._fresh():
            return refused
        weight = self.counter.weight
        if grams is not None:
            self.counter.tare_g = min(grams, TARE_MOST_G)
        elif weight is None or weight.state != "stable":
            return Refused("scale_moving")
        else:
            try:
                own = await self._scale.tare()
            except DeviceError:
                return Refused("scale_lost")
            self.counter.tare_g = 0 if own else max(0, weight.net_g)
        self._shop.bus.publish(SCALE)
        return await self._fresh()

    async def _fresh(self) -> Refused | None:
        try:
            await self._look()
        except DeviceError:
            return Refused("scale_lost")
        return None

    async def _look(self) -> None:
        if self.counter.show(await self._scale.weigh()):
            self._shop.bus.publish(SCALE)

    def _show_nothing(self) -> None:
        if self.counter.show(None):
            self._shop.bus.publish(SCALE)

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """Remember the user who scanned goods that need a weight."""
        if actor.register != self._register or not isinstance(command, AddLine | AnswerQuestion):
            return
        basket = outcome.result if isinstance(outcome, Done) else None
        question = next(iter(basket.questions), None) if isinstance(basket, Basket) else None
        if question and question.kind == "measure" and question.unit == "kg":
            self._asked = (question, actor)
            self._wake.set()

    async def _weigh_what_was_scanned(self) -> None:
        asked, self._asked = self._asked, None
        if asked and self.counter.why_not() is None:
            await self.weigh(asked[0].id, asked[1])
