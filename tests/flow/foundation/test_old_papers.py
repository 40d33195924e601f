"""Papers from before names were sealed on them, when someone is forgotten; and names that can't be read now."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pysqlite3
import pytest

from edge.core.people import wrapping_keys
from edge.core.people.forgetting import ForgetPerson
from edge.core.people.wrapping_keys import Wrappings
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.printing.personal import NotReadable, readable
from edge.foundation.printing.queries import read_print_job
from edge.ordering.orders.commands import PlaceOrder, PrintOrder
from tests.ordering import STAFF, do, milk_cart
from tests.shop_fixture import SYSTEM, open_shop, run

STATES = ("queued", "sending", "sent", "printed", "unknown", "failed")


@pytest.mark.parametrize("state", STATES)
def test_an_old_paper_loses_who_is_forgotten_and_keeps_another_while_it_is_not_settled(
    tmp_path: Path, state: str
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            said = {}
            for name in ("Dana", "Omar"):
                cart = await milk_cart(shop)
                order = await do(shop, PlaceOrder(cart.id, cart.total_minor, name=name))
                whole = order
                old = {"said": whole.said, "placed_us": whole.placed_us, "slot_from_us": 0, "name": name, "phone": "1"}
                await do(
                    shop, QueuePrint("order", Document("en", (TemplateBlock("orders/pick", {"order": old}),))), SYSTEM
                )
                said[name] = order.id
            with closing(pysqlite3.connect(shop.path)) as db, db:
                db.execute("UPDATE print_job SET state = ?", (state,))
            await do(shop, ForgetPerson(said["Dana"]), SYSTEM)
            left = b"".join(body for (body,) in shop.reader.execute("SELECT document FROM print_job"))
            assert b"Dana" not in left
            assert (b"Omar" in left) == (state not in ("sent", "printed"))

    run(scenario())


def test_a_name_that_is_not_readable_now_is_not_printed_as_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            cart = await milk_cart(shop)
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor, name="Dana"))
            await do(shop, PrintOrder(order.id), STAFF)
            (last,) = shop.reader.execute("SELECT max(id) FROM print_job").fetchone()
            job = read_print_job(shop.reader, last)
            assert job is not None and "Dana" in str(readable(shop.reader, job.document))
            folder = shop.path.parent
            known = wrapping_keys.read(folder)
            wrapping_keys.put(folder, Wrappings(known.keys, held=True))
            with pytest.raises(NotReadable):
                readable(shop.reader, job.document)
            wrapping_keys.put(folder, msgspec.structs.replace(known, held=False))
            await do(shop, ForgetPerson(order.id), SYSTEM)
            assert "Dana" not in str(readable(shop.reader, job.document)), "who was forgotten is nobody"

    run(scenario())
