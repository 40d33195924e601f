"""The history of a product: every change with who made it, by which source, and what it was before."""

from __future__ import annotations

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done
from edge.goods.catalog.commands import ChangePrice, RestoreProducts, RetireProducts, SetPrice, SetProducts
from edge.goods.catalog.history import CHANGES, Change, changes_of
from edge.goods.catalog.product import Product, Source, Value
from tests.shop_fixture import SYSTEM, open_shop, run


async def done(shop: CommandBus, *commands: Command) -> None:
    for command in commands:
        assert isinstance(await shop.do(command, SYSTEM), Done)


def told(change: Change) -> tuple[str, str, dict[str, tuple[object, object]]]:
    return change.what, change.source.name, {one.field: (one.before, one.after) for one in change.fields}


def test_every_change_is_told_with_what_was_before(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            thc = Value("5%", 5000, 5000, "%")
            first = Product("tea", {"en": "Tea", "fr": "Thé"}, (), 300, brand="Leaf", attributes={"THC": thc})
            hers, file = Source("manager"), Source("list.csv", "ab12", 7)
            await done(shop, SetProducts((first, Product("other", {"en": "Other"})), file, (7, 8)))
            await done(shop, ChangePrice("tea", 320, hers), SetPrice("tea", 280, "member", source=hers))
            await done(shop, SetProducts((Product("tea", {"en": "Black tea"}, brand="", price_minor=320),), hers))
            await done(shop, RetireProducts(("tea",), hers), RestoreProducts(("tea",), hers))
            found = changes_of(shop.reader, shop.registry, "tea")
            assert [told(change) for change in found] == [
                ("restored", "manager", {}),
                ("retired", "manager", {}),
                ("changed", "manager", {"names.en": ("Tea", "Black tea"), "brand": ("Leaf", "")}),
                ("price", "manager", {}),
                ("price", "manager", {"price_minor": (300, 320)}),
                (
                    "new",
                    "list.csv",
                    {
                        **{"names.en": (None, "Tea"), "names.fr": (None, "Thé"), "codes": (None, ())},
                        **{"price_minor": (None, 300), "brand": (None, "Leaf"), "attributes.THC": (None, thc)},
                    },
                ),
            ]
            planned = found[3].price
            assert planned is not None and (planned.list, planned.price_minor) == ("member", 280)
            assert (found[-1].source.line, found[-1].actor) == (7, SYSTEM.name)
            assert [len(changes_of(shop.reader, shop.registry, sku)) for sku in ("other", "nothing")] == [1, 0]
            assert [told(change)[0] for change in changes_of(shop.reader, shop.registry, "tea", 2)] == [
                *("restored", "retired")
            ]
            await done(shop, SetProducts((Product("other", brand="B"),), hers))
            latest = changes_of(shop.reader, shop.registry, "other", 1)
            assert told(latest[0]) == ("changed", "manager", {"brand": (None, "B")})
            for price in range(CHANGES + 5):
                await done(shop, ChangePrice("other", 100 + price))
            latest = changes_of(shop.reader, shop.registry, "other")
            assert [one.what for one in latest] == ["price"] * CHANGES
            assert told(latest[0])[2] == {"price_minor": (CHANGES + 103, CHANGES + 104)}
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
