"""What the API's description says that a command gives back is what its handler says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.core.messages import Done
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import AddLine
from edge.operations.ledger import build_registry
from edge.web.api.command_results import result_type
from tests.shop_fixture import CASHIER, CONFIG, MILK, config, open_shop, run


def test_every_command_says_what_it_gives_back(tmp_path: Path) -> None:
    registry = build_registry(config(tmp_path, CONFIG))
    told = {spec.name: result_type(spec) for spec in registry.by_name.values() if spec.over_http}
    assert [name for name, result in told.items() if result is Any] == []
    assert told["AddLine"] == Basket | None and told["SetUser"] is None
    assert told["StartCount"] == int | None


def test_it_is_what_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            done = await shop.do(AddLine(MILK), CASHIER)
            assert isinstance(done, Done) and isinstance(done.result, Basket)

    run(scenario())
