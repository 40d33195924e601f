"""Card numbers that are typed into commands by chance, in any notation, are stored nowhere.

They are in no journal row, backup, message to head office or table there, and in no file or log.
"""

from __future__ import annotations

import random
from pathlib import Path

import asyncpg
import msgspec
import pytest
import structlog

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.rights import RIGHTS
from edge.lib.units.card_numbers import IDS
from edge.operations.maintenance.backups import snapshot
from sync.hub.model import Key
from tests.card_texts import typed_into, written
from tests.head_office import head_office
from tests.shop_fixture import MANAGER, MILK, config, done, open_shop, run

KEY = Key("demo", "corner", "box1")
TYPED = 400
"""Number of card numbers typed."""


async def typed_by_chance(shop: CommandBus, chance: random.Random) -> list[str]:
    """Type card numbers into texts of commands; returns them."""
    kinds, found = list(shop.registry.commands), list[str]()
    while len(found) < TYPED:
        text, digits = written(chance)
        fitting = list(typed_into(chance.choice(kinds), text))
        if fitting:
            field, command = chance.choice(fitting)
            if text.isalnum() and (field in IDS or field.endswith("_id")):
                continue  # a program may have made such an id
            outcome = await shop.do(command, msgspec.structs.replace(MANAGER, rights=RIGHTS))
            assert outcome == Refused("card_number", {"field": field}), (type(command).__name__, field, text)
            found += [text, digits]
    return found


async def in_head_office(dsn: str) -> bytes:
    """Return the content of all head office tables."""
    connection = await asyncpg.connect(dsn)
    try:
        names = await connection.fetch(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        kept = [await connection.fetch(f"SELECT t::text FROM {name} t") for (name,) in names]
    finally:
        await connection.close()
    return "\n".join(str(row[0]) for rows in kept for row in rows).encode()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cards_number_that_is_typed_is_nowhere(seed: int, tmp_path: Path, database: str) -> None:
    typed: list[str] = []
    kept: list[bytes] = []

    async def scenario() -> None:
        async with open_shop(tmp_path / "shop") as shop, head_office(database) as office:
            await done(shop, AddLine(MILK))
            typed.extend(await typed_by_chance(shop, random.Random(seed)))
            await done(shop, Pay("card", None, "**** 1111"), MANAGER)
            kept.extend(msgspec.json.encode(row) for row in read_rows(shop.reader, 1, 10_000))
            ledger = config(tmp_path / "shop").ledger
            snapshot.copy(ledger, tmp_path / "backup.db", rest=lambda _: None)
            await office.up(KEY, shop)
            kept.append(await in_head_office(database))

    with structlog.testing.capture_logs() as said:
        run(scenario())
    kept.append(str(said).encode())
    kept += [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"SaleCompleted" in one for one in kept), "it is looked for where what was sold is found"
    for number in typed:
        assert not any(number.encode() in one for one in kept), number
