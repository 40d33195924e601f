"""Names of people and products are what they look like."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Refused
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import read_users
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from tests.shop_fixture import SYSTEM, done, open_shop, run


def test_a_name_is_what_it_looks_like(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(
                shop, SetUser("u1", " \uff24ana\u200b \u202eRoy\U000e0041 ", "cashier", hash_pin("4821")), SYSTEM
            )
            assert [user.name for user in read_users(shop.reader)] == ["Dana Roy"]
            for hidden in ("\u200b\u202e", "Da\u0086na"):
                assert await shop.do(SetUser("u2", hidden, "cashier", hash_pin("7302")), SYSTEM) == Refused(
                    "name_unseen"
                )
            await done(shop, SetProducts((Product("t", {"he": "\u05d8\u05d1\u200b\u05dc\u05d4\u202e"}),)), SYSTEM)
            assert find_by_sku(shop.reader, "t").names == {"he": "\u05d8\u05d1\u05dc\u05d4"}  # type: ignore[union-attr]

    run(scenario())
