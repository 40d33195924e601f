"""What head office reads of a store's settings is what was said of them there, the newest word of each."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.shop.settings.commands import ClearSetting, SetSetting
from edge.shop.settings.hub import SettingTables
from edge.shop.settings.queries import read_settings
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")


def test_the_hub_has_the_newest_word_of_each_setting(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetSetting("catalog.retired", "refuse"),
                SetSetting("catalog.retired", "sell", "head office"),
                SetSetting("gift_cards.cash_below", 2),
                ClearSetting("gift_cards.cash_below"),
            ):
                await shop.do(command, SYSTEM)
            connection = await asyncpg.connect(database)
            projector = SettingTables(shop.registry)
            await connection.execute(hub.tables()["settings"])
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            assert len(rows) == 4
            for key in (KEY, OTHER):
                await projector.handlers[rows[0].type](connection, key, rows)
            await projector.reset(connection, OTHER)
            found = await connection.fetch(
                "SELECT device, name, value::text, said_by FROM setting_override ORDER BY name"
            )
            await connection.close()
            (ours,) = read_settings(shop.reader)
            assert [tuple(row) for row in found] == [
                ("box1", ours.name, '"sell"', "head office"),
                ("box1", "gift_cards.cash_below", "null", "manager"),
            ]

    run(scenario())
