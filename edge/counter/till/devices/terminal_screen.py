"""Shows a register's basket on its payment terminal's display while it's idle."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.roles import DeviceError, PaymentTerminal
from drivers.terminal_outcomes import TerminalScreen
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome
from edge.counter.basket.basket import Basket
from edge.counter.till.queries import read_basket
from edge.counter.till.rules.terminal_display import terminal_screen
from edge.counter.till.settings import TillSettings

AGAIN_S = 30.0
"""Seconds that a terminal whose display failed is left alone, so that card payments don't wait for it."""


class BasketScreen:
    """The basket on a register's terminal, always in its current state. A slow terminal skips outdated states.

    `topic`: the bus topic of changes.
    """

    def __init__(
        self, shop: CommandBus, terminal: PaymentTerminal, register: str, settings: Callable[[], TillSettings]
    ) -> None:
        self._shop, self._terminal, self._register, self._settings = shop, terminal, register, settings
        self.topic = f"terminal screen {register}"
        self._basket = read_basket(shop.reader, register)
        self._shown: TerminalScreen | None = None
        self._rests_until = 0.0
        shop.listen(self._on_outcome)
        shop.on_uncertain_commit(self._read_again)

    def forget(self) -> None:
        """Note that the terminal shows its own content now. It returns to idle on its own."""
        self._shown = None

    async def refresh(self) -> float | None:
        """Show the basket if it changed.

        Returns the seconds until a retry if that failed; None if it's shown or the terminal has no such display.
        """
        wanted = terminal_screen(self._basket, self._settings())
        if "display" not in self._terminal.abilities or wanted == self._shown:
            return None
        now = asyncio.get_running_loop().time()
        if now < self._rests_until:
            return self._rests_until - now
        try:
            await self._terminal.show(wanted)
        except DeviceError:  # payments already report the terminal's faults
            self._shown = None
            self._rests_until = asyncio.get_running_loop().time() + AGAIN_S
            return AGAIN_S
        self._shown = wanted
        return None

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if not isinstance(outcome, Done) or not isinstance(basket := outcome.result, Basket):
            return
        if basket.register == self._register:
            self._lies(basket)
        elif basket.up and basket.up.taken_from == self._register and getattr(command, "take_over", False):
            self._lies(Basket(self._register))  # another register took over this basket

    def _read_again(self) -> None:
        """Reload the basket from disk."""
        self._lies(read_basket(self._shop.reader, self._register))

    def _lies(self, basket: Basket) -> None:
        self._basket = basket
        self._shop.bus.publish(self.topic)
