"""Background queries to payment providers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from edge.accounting.settlements.service.part import PayoutsPart
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Ready
from edge.money.payments import PaymentsSection
from edge.runtime.config import Config


def card_runs(config: Config, shop: CommandBus) -> Iterator[tuple[str, Callable[[Ready], Awaitable[None]]]]:
    """Named background tasks: payment pages and provider payouts."""
    if config.of(PaymentsSection).page:
        from edge.counter.till.service.pay_pages.part import PayPagesPart  # for whom has one

        yield "pay_pages", PayPagesPart.of(config, shop).run
    yield "payouts", PayoutsPart.of(config, shop).run
