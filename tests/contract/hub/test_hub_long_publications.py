"""Large publications: looking at their progress doesn't read all of their content."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync.hub import publications
from sync.hub.publications import Planned, Publication
from tests.contract.hub.test_hub_publications import WANTED, Chain, with_chain


def test_a_long_one_is_read_where_it_is_sent_and_not_by_who_looks_how_far_it_is(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = [{"sku": f"product-{number}", "price_minor": 100} for number in range(2000)]
    long = msgspec.structs.replace(WANTED, directives=(Planned("prices", {"prices": prices}),))
    read: list[str] = []

    def reads(row: Any) -> Publication:
        read.append(row["digest"])
        return publications.publication_of(row)

    async def scenario(chain: Chain) -> None:
        monkeypatch.setattr("edge.app.head_office.hub_publications.publication_of", reads)
        await chain.turns()
        assert read == [long.digest], "its first store was sent it"
        await chain.turns()
        assert len(read) == 1, "boxes are waited for without it"
        (row,) = await chain.owner.fetch("SELECT kinds::text, lines, leads_back FROM publication")
        assert tuple(row) == ('["prices"]', 2000, True), "head office knows what each store had"

    with_chain(database, scenario, long)
