"""State shared by a shop's surfaces: current settings, each register's basket, pages requesting codes, scales and
payment terminals."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.head_cache import HeadCached
from edge.core.messages import Actor, Command, Done, Outcome
from edge.core.services import Service
from edge.counter.till.commands import SellBasket
from edge.counter.till.devices.scale_part import ScalePart
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.events import BasketAbandoned, SaleCompleted
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.pages.code_takers import CodeTakers
from edge.counter.till.pages.register_state import RegisterStates
from edge.counter.till.queries import knows_members, read_basket
from edge.counter.till.sale_effects import stock_moves
from edge.counter.till.settings import TillSettings
from edge.goods.stock.rows import SoldShort, sold_short
from edge.people.customers.queries import count_customers
from edge.runtime.config import Config
from edge.web.limits import SHORTAGES_SHOWN

BASKET_ENDS = (SaleCompleted, BasketAbandoned)


class TillContext:
    """The tills of one ledger. `on_basket_end` is called with the register at which a basket ended."""

    def __init__(self, shop: CommandBus, config: Config) -> None:
        self._shop = shop
        said = HeadCached(shop, live(till_settings(config)).at)
        self.settings: Callable[[], TillSettings] = lambda: said().on(config.business_date(shop.now_us()))
        self.counters = RegisterStates(config.registers, shop.reader, shop.registry)
        self.scales: dict[str, ScalePart] = {}
        self.terminals: dict[str, TerminalPart] = {}
        self.code_takers = CodeTakers()
        self.members = HeadCached(shop, lambda db: bool(count_customers(db)) or knows_members(db, shop.now_us()))
        self.on_basket_end: Callable[[str], None] = lambda register: None
        self._short: dict[str, tuple[SaleCompleted, list[SoldShort]]] = {}
        shop.listen(self._on_outcome)

    def is_selling(self, register: str) -> bool:
        """Whether a basket is open at the register."""
        return bool(read_basket(self._shop.reader, register).lines)

    def sold_short(self, register: str, ended: object) -> list[SoldShort]:
        """Products that a sale left below zero stock.

        They're read once per sale, however often its lines are rendered.
        """
        if not isinstance(ended, SaleCompleted):
            return []
        sale, short = self._short.get(register, (None, []))
        if sale is not ended:
            short = sold_short(self._shop.reader, stock_moves(ended.lines, -1), register, SHORTAGES_SHOWN)
            self._short[register] = (ended, short)
        return short

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """Report the end of a basket. A basket sold by one command doesn't count."""
        if isinstance(command, SellBasket):
            return
        if isinstance(outcome, Done) and any(isinstance(event, BASKET_ENDS) for event in outcome.events):
            self.on_basket_end(actor.register)


TILLS: Service[TillContext] = Service("tills")
