"""A list that changes while it is read: nothing of it is passed over, and nothing is there twice."""

from __future__ import annotations

import random

import pytest

from edge.backoffice.feeds.service.paged_rows import read_by_offset, read_by_page
from edge.backoffice.feeds.service.vendor_wire import PAGE, VendorRow
from edge.lib.errors import EdgeError
from tests.shop_fixture import run


class MovingList:
    """Records by their change; before each page but the first `moves` of them change, or some are gone."""

    def __init__(self, count: int, luck: random.Random, moves: int, gone: int = 0) -> None:
        self.rows: list[VendorRow] = [{"id": n + 1, "changed": f"{n:06}"} for n in range(count)]
        self.luck, self.moves, self.gone, self.asked, self.quiet_after = luck, moves, gone, 0, 10**6

    async def page(self, at: int) -> list[VendorRow]:
        self.asked += 1
        if 1 < self.asked <= self.quiet_after:
            for _ in range(self.moves):
                row = self.rows.pop(self.luck.randrange(len(self.rows)))
                self.rows.append({"id": row["id"], "changed": f"{10**6 + self.asked}"})
            for _ in range(self.gone):
                self.rows.pop(self.luck.randrange(len(self.rows)))
        return self.rows[at : at + PAGE]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [PAGE, PAGE + 1, 4 * PAGE + 17])
def test_an_offset_passes_over_nothing_that_stays(seed: int, count: int) -> None:
    there = MovingList(count, random.Random(seed), moves=3, gone=2)
    found = {row["id"]: row for row in run_read(there)}
    assert {row["id"] for row in there.rows} <= set(found)
    assert len(found) <= count, "each once"


def run_read(there: MovingList) -> list[VendorRow]:
    found: list[VendorRow] = []

    async def scenario() -> None:
        found.extend(await read_by_offset(there.page, ("id",), 100_000))

    run(scenario())
    return found


def test_pages_with_fixed_places_are_read_again_until_nothing_moved() -> None:
    async def scenario() -> None:
        there = MovingList(2 * PAGE + 100, random.Random(1), moves=1)
        there.quiet_after = 3
        found = await read_by_page(there.page, ("id",), 100_000)
        assert sorted(row["id"] for row in found) == list(range(1, 2 * PAGE + 101))
        restless = MovingList(2 * PAGE + 100, random.Random(1), moves=40)
        with pytest.raises(EdgeError) as caught:
            await read_by_page(restless.page, ("id",), 100_000)
        assert caught.value.key == "feeds.records_move"

    run(scenario())


def test_one_that_answers_the_same_page_for_ever_is_told() -> None:
    async def scenario() -> None:
        async def page(at: int) -> list[VendorRow]:
            return [{"id": n} for n in range(1, PAGE + 1)]

        for read in (read_by_offset, read_by_page):
            with pytest.raises(EdgeError) as caught:
                await read(page, ("id",), 100_000)
            assert caught.value.key == "feeds.page_repeats"

    run(scenario())
