"""A box tells head office of its disk and clock, and comes again soon where no one answers."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.office.head_office_messages import state_of
from edge.backoffice.office.service.machine_told import MachineTold
from edge.core.clock import SystemClock
from tests.shop_fixture import open_shop, run


class Office:
    def __init__(self) -> None:
        self.is_reachable, self.asked = False, list[tuple[str, bytes]]()

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        self.asked.append((room, body))
        return b"{}" if len(self.asked) > 1 else None


def test_what_is_free_and_what_the_clock_says_is_told_until_someone_answers(tmp_path: Path) -> None:
    async def scenario() -> None:
        office = Office()
        async with open_shop(tmp_path, SystemClock()) as shop:
            told = MachineTold(shop, office)
            assert not await told.tell() and office.asked == [], "head office is away"
            office.is_reachable = True
            assert not await told.tell(), "no answer came"
            assert await told.tell()
            (room, body) = office.asked[-1]
            state = state_of(body)
            assert room == "office" and 0 < state.disk_free_mib <= state.disk_mib
            assert abs(state.at_us - SystemClock().read().at_us) < 60_000_000 and not state.clock_doubted

    run(scenario())
