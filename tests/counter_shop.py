"""A shop whose counter is served in a test: a scenario, what it was paid, and what stands on its papers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from edge.accounting import books
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.counter.till.commands import (
    Pay,
)
from edge.counter.till.events import SaleCompleted
from edge.foundation.access.rights import anonymous_actor
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from tests.shop_fixture import CONFIG, FakeClock, done, open_shop, run

SECOND = anonymous_actor("2")


def in_a_shop(scenario: Callable[[CommandBus, FakeClock], Awaitable[None]], folder: Path, text: str = CONFIG) -> None:
    """A scenario, behind which the ledger verifies."""

    async def main() -> None:
        clock = FakeClock()
        async with open_shop(folder, clock, text=text) as shop:
            await scenario(shop, clock)
            assert verify(shop.reader, shop.registry).faults == ()

    run(main())


def event_of(outcome: Done, kind: type[Any]) -> Any:
    return next(event for event in outcome.events if isinstance(event, kind))


async def paid(shop: CommandBus, kind: str = "cash", minor: int | None = None, reference: str = "") -> SaleCompleted:
    sale: SaleCompleted = event_of(await done(shop, Pay(kind, minor, reference)), SaleCompleted)
    return sale


def paper(shop: CommandBus, kind: str = "receipt") -> list[str]:
    """The register's newest paper of a kind, line by line."""
    job = last_print_job(shop.reader, "1", kind)
    assert job is not None
    return [" ".join(line.split()) for line in plain_text(job.document).splitlines()]


def books_of(shop: CommandBus) -> dict[tuple[str, ...], int]:
    """What is on each account."""
    sums: dict[tuple[str, ...], int] = {}
    for entry in books.entries(facts(shop.reader, shop.registry, 1)):
        for posting in entry.postings:
            sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    return sums
