"""What head office reads of a store's translations is what became of them there."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import MANAGER, Product, Source
from edge.shop.translation.commands import AcceptTranslations, ProposedText, ProposeTranslations, RefuseTranslations
from edge.shop.translation.hub import TranslationTables
from sync.hub.model import Key
from tests.shop_fixture import SYSTEM, done, open_shop, run

NAMES = {"a": "Bread", "b": "Soap", "c": "Salt"}


def test_the_hub_has_what_became_of_each_text(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            goods = tuple(Product(sku, {"en": name}, price_minor=100) for sku, name in NAMES.items())
            await done(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            texts = zip(NAMES.items(), ("Pain", "Savon", "Sel"), strict=True)
            brought = tuple(ProposedText(f"product/{sku}", name, text) for (sku, name), text in texts)
            await done(shop, ProposeTranslations("en", "fr", brought), SYSTEM)
            await done(shop, AcceptTranslations("fr", ("product/a",)), SYSTEM)
            await done(shop, RefuseTranslations("fr", ("product/b",)), SYSTEM)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["translation"])
            projector = TranslationTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            for project in dict.fromkeys(projector.handlers.values()):
                await project(connection, Key("demo", "corner", "box1"), rows)
            found = await connection.fetch("SELECT key, text, state FROM translation ORDER BY key")
            await connection.close()
            assert [tuple(row) for row in found] == [
                ("product/a", "Pain", "accepted"),
                ("product/b", "Savon", "refused"),
                ("product/c", "Sel", "proposed"),
            ]

    run(scenario())
