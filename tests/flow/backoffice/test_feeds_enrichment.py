"""Tables of strains, their terpenes and what those are said to do: brought as records, said of products by the lowest
sources, and told to staff alone."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.feeds.applying.enrichment import Strain, StrainIndex, plain_spelling
from edge.backoffice.feeds.commands import EnrichProducts, SetConnector
from edge.backoffice.feeds.connector import Connector
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.goods.catalog.categories.queries import product_attributes
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source, Value
from edge.goods.catalog.queries import find_by_sku, read_products
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import lineage
from tests.feeding import ingest
from tests.flow.backoffice.test_feeds_fetched import fetching, put
from tests.flow.backoffice.test_feeds_orders import codes, told
from tests.importing import csv_file, job_runner, until
from tests.outgoing import http_server
from tests.shop_fixture import SYSTEM, done, open_shop, run

STRAINS = (
    "strain,mother,father,terpene,percent\n"
    "Northern Harbour,Old North,Harbour Haze,Myrcene,0.60\nNorthern Harbour,Old North,Harbour Haze,limonene,0.20\n"
    "Plain Haze,,,,\n"
)
WEIGHTS = "terpene,effect,weight\nmyrcene,relaxed,0.9\nmyrcene,awake,0.1\nlimonene,awake,0.8\n"
OF_STRAIN = {"THC": Value("20%", 20_000, 20_000, "%")}
GOODS = (
    Product("a", {"en": "NORTHERN-HARBOUR"}, attributes=OF_STRAIN),
    Product("b", {"en": "Flower 3.5 g"}, attributes={**OF_STRAIN, "strain": Value("Nothern Harbour")}),
    Product("c", {"en": "Northern Harbour"}),
)


async def enriched(shop: CommandBus) -> dict[str, dict[str, str]]:
    """What is said of the goods once the job is at its end."""
    asked = await done(shop, EnrichProducts(), SYSTEM)
    async with job_runner(shop):
        await until(shop, int(asked.result))
    known = read_products(shop.reader, ["a", "b", "c"])
    return {sku: {name: one.text for name, one in (p.attributes or {}).items()} for sku, (_, p, _) in known.items()}


def test_tables_come_in_and_say_of_products_what_no_one_else_does(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with fetching(tmp_path) as one, http_server() as server:
            shop, inbox = one.shop, tmp_path / "inbox"
            await done(shop, SetProducts(GOODS, Source("a list")), SYSTEM)
            weights = Connector("weights", "Catalogue", "folder", "EffectWeight", str(inbox), every_min=5)
            await done(shop, SetConnector(weights), SYSTEM)
            put(inbox, "weights.csv", WEIGHTS, 1)
            (job,) = await one.look(5)
            assert told(job) == (3, 0, 0, 0)
            strains = Connector("strains", "Catalogue", "http", "Strain", f"{server.url}/strains.csv", every_min=5)
            await done(shop, SetConnector(strains), SYSTEM)
            server.usual = (200, {}, STRAINS)
            (job,) = [run for run in await one.look(5) if run.source_connector == "strains"]
            assert told(job) == (2, 0, 0, 0), codes(shop, job)

            said = await enriched(shop)
            assert said["a"]["lineage"] == "Old North x Harbour Haze"
            assert (said["a"]["terpene.myrcene"], said["a"]["effects"]) == ("0.6 %", "relaxed 0.68, awake 0.28")
            why = "relaxed: myrcene 0.6 % × 0.90; awake: limonene 0.2 % × 0.80; awake: myrcene 0.6 % × 0.10"
            assert said["a"]["effects decided by"] == why
            assert said["b"]["lineage"] == said["a"]["lineage"], "one error in a long name is none"
            assert said["c"] == {}, "nothing says that it is of a strain at all"
            ranks = SourcePrecedence(())
            assert lineage(shop.reader, "a", ranks)["attributes.terpene.myrcene"].source.name == "terpenes"
            head = shop.head
            assert (await enriched(shop), shop.head) == (said, head), "nothing is said twice"

            measured = {**OF_STRAIN, "terpene.myrcene": Value("0.9 %", 900, 900, "%")}
            again = Product("a", {"en": "NORTHERN-HARBOUR"}, attributes=measured)
            await done(shop, SetProducts((again,), Source("a list")), SYSTEM)
            assert (await enriched(shop))["a"]["terpene.myrcene"] == "0.9 %", "they are below all others"
            assert verify(shop.reader, shop.registry).faults == ()

            product = find_by_sku(shop.reader, "a")
            assert product is not None
            hidden = [one.text for one in product_attributes(shop.reader, product)]
            assert not any("relaxed" in text for text in hidden) and "Old North x Harbour Haze" in hidden
            shown = {one.names["en"]: one.text for one in product_attributes(shop.reader, product, show_effects=True)}
            assert shown["Suggested: effects"] == "relaxed 0.68, awake 0.28"
            assert "enriched_at" not in shown and "effects decided by" not in shown

    run(scenario())


def test_bad_rows_of_tables_are_held_back_and_say_why(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            text = (
                "strain,mother,terpene,percent\nA,,myrcene,101\nB,X,myrcene,1\nB,Y,limonene,1\n---x,,myrcene,\n??,,,\n"
            )
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="Strain")
            assert codes(shop, job) == [["out_of_range"], ["reason.lines_differ"], ["missing_key"], ["id_wrong"]]
            text = "terpene,effect,weight\nmyrcene,calm,1.5\nmyrcene,,1\n"
            job = await ingest(shop, csv_file(tmp_path, text), entity_type="EffectWeight")
            assert codes(shop, job) == [["out_of_range"], ["missing_key"]]

    run(scenario())


def test_another_figure_is_another_strain() -> None:
    index = StrainIndex({plain_spelling(name): Strain(name) for name in ("Harbour Kush 10",)})
    assert [index.find(f"Harbour Kush {n}") for n in (0, 1, 11, 16, "")] == [None] * 5
    found = index.find("Harbor Kush 10")
    assert found is not None and found.name == "Harbour Kush 10"


def test_a_name_with_two_strains_as_near_is_of_neither() -> None:
    index = StrainIndex({plain_spelling(name): Strain(name) for name in ("Harbour A", "Harbour B", "Haze")})
    found = [index.find(name) for name in ("harbour-a", "Harbour C", "Hazy")]
    assert [one and one.name for one in found] == ["Harbour A", None, None]
