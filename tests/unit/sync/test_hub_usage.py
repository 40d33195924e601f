"""Head office's count of a tenant's requests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from sync.hub.api.usage import Usage
from sync.hub.store import Pool
from sync.hub.tenants import NotTaken


class Database:
    """Counts a day's requests, and asks for one more while it stores them."""

    def __init__(self) -> None:
        self.used = 0
        self.refused: list[NotTaken] = []
        self.usage = Usage(cast(Pool, self), lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))

    async def fetchval(self, _query: str, _tenant: str, _day: Any, _what: str, more: int) -> int:
        if more:
            with pytest.raises(NotTaken) as refused:
                await self.usage.count("acme", 3)
            self.refused.append(refused.value)
        self.used += more
        return self.used


def test_nothing_passes_the_daily_limit_while_the_count_is_stored() -> None:
    async def scenario() -> None:
        database = Database()
        for _ in range(3):
            await database.usage.count("acme", 3)
        await database.usage.flush()
        assert (database.used, len(database.refused)) == (3, 1)
        with pytest.raises(NotTaken):
            await database.usage.count("acme", 3)
        await database.usage.flush()
        assert database.used == 3, "what was refused isn't counted"

    asyncio.run(scenario())
