"""The authority's workbook as it is published: brought, read and taken without a mapping."""

from __future__ import annotations

from pathlib import Path

from edge.core.journal.verify import verify
from edge.goods.catalog.queries import read_products
from edge.goods.quality.commands import DropHeld, ReleaseHeld
from edge.goods.quality.events import GateReason
from edge.goods.quality.queries import held_products
from sim.published_catalogue import COLUMNS, rows_of, workbook_of
from tests.importing import import_file
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_the_workbook_is_taken_as_it_is_published(tmp_path: Path) -> None:
    rows = rows_of(12)
    rows[3] |= {"Product Name": ""}
    rows[4] |= {"Minimum THC Content (%)": "110", "Maximum THC Content (%)": "120"}
    rows[5] |= {"Unit Price": "0"}
    rows.append(rows[6] | {"OCS Variant Number": "999999_7g___", "Brand": "Leafage North"})
    path = tmp_path / "OCS Catalogue 2027-01-15.xlsx"
    path.write_bytes(workbook_of(rows))

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, notes = await import_file(shop, path)
            assert job.state == "done", job
            reasons = {note.line: note.reason for note in notes if note.reason.startswith("published_")}
            assert reasons == {5: "published_name"}, "a new product without a name is none"
            waiting = {held.source.line: held.gate for held in held_products(shop.reader)}
            assert waiting == {
                6: GateReason("published_thc", {"thc": "110 - 120"}),
                7: GateReason("published_price", {"price": "0"}),
            }
            skus = [row["OCS Variant Number"] for row in rows]
            found = {product.sku: product for _, product, _ in read_products(shop.reader, skus).values()}
            assert set(found) == set(skus) - {skus[3], skus[4], skus[5], "999999_7g___"}, "one GTIN, one product"
            first, twice = found[skus[0]], found[skus[6]]
            assert (first.names, first.cost_minor, twice.brand) == ({"en": "Harbour Kush 0"}, 1550, "Leafage North")
            assert first.attributes is not None
            thc = first.attributes["THC"]
            assert (thc.text, thc.low, thc.high, thc.unit) == ("15-21%", 15_000, 21_000, "%")
            await done(shop, ReleaseHeld((skus[4],), "ocs"), SYSTEM)
            await done(shop, DropHeld((skus[5],), "ocs"), SYSTEM)
            odd = read_products(shop.reader, [skus[4]])[skus[4]][1].attributes
            assert odd is not None and (odd["THC"].text, odd["THC"].low) == ("110 - 120 %", None), (
                "a text, and no value"
            )
            again, _ = await import_file(shop, path)
            assert held_products(shop.reader) == [], "a no is remembered"
            assert again.counts.get("changed", 0) == again.counts.get("new", 0) == 0, "the same again changes nothing"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_workbook_whose_columns_changed_is_refused_by_name(tmp_path: Path) -> None:
    lacking = tmp_path / "OCS.csv"
    kept = [column for column in COLUMNS if column not in ("GTIN", "Size")]
    lacking.write_text(",".join(kept) + "\n" + ",".join(rows_of(1)[0][column] for column in kept) + "\n")

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, _ = await import_file(shop, lacking)
            assert job.state == "failed"
            assert "GTIN, Size" in str(job)

    run(scenario())
