"""A store's settings at head office: the newest entry of each, and the value in force with its source, including
config.toml.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.foundation.secrets.commands import NoteSecret
from edge.foundation.settings.commands import ClearSetting, SetSetting, TellSettings
from edge.foundation.settings.definitions import settings_by_name
from edge.foundation.settings.hub import SettingTables
from edge.foundation.settings.queries import read_settings
from edge.foundation.settings.service.settings_told import tell_settings
from edge.runtime.secrets import secrets_of
from sync.hub.model import Key
from tests.contract.hub.test_hub_api import an_api
from tests.head_office import head_office
from tests.shop_fixture import CONFIG, SYSTEM, config, done, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
OFFICE = '\n[sync]\nhost = "office.example"\nusername = "box1"\npassword = "secret:broker"\n'


async def projected(shop: CommandBus, database: str, *keys: Key) -> asyncpg.Connection:
    """Return a connection to head office's tables, with this journal projected for these boxes."""
    connection = await asyncpg.connect(database)
    projector = SettingTables(shop.registry)
    await connection.execute(hub.tables()["settings"])
    rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
    for key in keys:
        await projector.reset(connection, key)
        await projector.handlers[rows[0].type](connection, key, rows)
    return connection


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
            connection = await projected(shop, database, KEY, OTHER)
            await SettingTables(shop.registry).reset(connection, OTHER)
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


def test_what_holds_is_told_once_and_follows_each_word(tmp_path: Path, database: str) -> None:
    """This includes the file's values, and whether secrets are entered. The same file isn't sent again at a start."""

    async def scenario() -> None:
        text = CONFIG + OFFICE
        async with open_shop(tmp_path, text=text) as shop:
            settings, secrets = config(tmp_path, text), secrets_of(tmp_path)
            await done(shop, SetSetting("catalog.retired", "sell", "head office"), SYSTEM)
            await tell_settings(shop, settings, secrets)
            head = shop.head.seq
            await tell_settings(shop, settings, secrets)
            assert shop.head.seq == head, "the same file is no news"
            await done(shop, SetSetting("shifts.blind", True), SYSTEM)
            await done(shop, NoteSecret("broker", "set"), SYSTEM)
            held = await in_force(shop, database)
            assert set(held) == {*settings_by_name(), "secret.broker"}
            assert held["catalog.retired"] == ("sell", "refuse", "head office", True)
            assert held["shifts.blind"] == (True, False, "manager", True)
            assert held["store.language"] == ("en", "en", "config.toml", False)
            assert held["secret.broker"] == ("set", None, "config.toml", False)
            await done(shop, ClearSetting("catalog.retired", "head office"), SYSTEM)
            assert (await in_force(shop, database))["catalog.retired"] == ("refuse", "refuse", "config.toml", False)

            other = config(tmp_path, text.replace('language = "en"', 'language = "fr"', 1))
            await tell_settings(shop, other, secrets)
            assert shop.head.seq > head + 3, "another file is told"
            held = await in_force(shop, database)
            assert held["store.language"] == ("fr", "fr", "config.toml", False)
            assert held["shifts.blind"] == (True, False, "manager", True), "a word outlives the file"

    run(scenario())


async def in_force(shop: CommandBus, database: str) -> dict[str, tuple[Any, ...]]:
    connection = await projected(shop, database, KEY)
    query = "SELECT name, value::text, filed::text, said_by, since IS NOT NULL AS said FROM setting_in_force"
    rows = await connection.fetch(query)
    await connection.close()
    said = msgspec.json.decode
    return {row["name"]: (said(row["value"]), said(row["filed"]), row["said_by"], row["said"]) for row in rows}


def test_a_shop_without_a_head_office_tells_no_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            head = shop.head.seq
            await tell_settings(shop, config(tmp_path), secrets_of(tmp_path))
            assert shop.head.seq == head

    run(scenario())


def test_what_an_older_version_does_not_know_is_said_to_be_unknown_there(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with an_api(database) as house, head_office(database) as office, open_shop(tmp_path) as shop:
            await done(shop, TellSettings({"catalog.retired": "sell", "shifts.blind": True}, {}), SYSTEM)
            await office.up(KEY, shop)
            query = (
                "INSERT INTO setting_in_force VALUES ('demo', 'old', 'box1', 'catalog.retired', '\"sell\"', '\"sell\"'"
            )
            await house.owner.execute(query + ", 'config.toml', NULL, now())")
            reader = await house.client("demo", "read")
            status, found, _ = await reader.get("/v1/settings/in-force?known=false")
            assert (status, [(row["store"], row["name"], row["value"]) for row in found["rows"]]) == (
                200,
                [("old", "shifts.blind", None)],
            )
            _, found, _ = await reader.get("/v1/settings/in-force?name=catalog.retired")
            assert [(row["store"], row["value"], row["said_by"]) for row in found["rows"]] == [
                ("corner", "sell", "config.toml"),
                ("old", "sell", "config.toml"),
            ]

    asyncio.run(asyncio.wait_for(scenario(), 120))
