"""What someone asked head office by law: a shop that knows them has it among its requests, once."""

from __future__ import annotations

from pathlib import Path

from edge.people.customers.commands import NoteRequestOf, SetCustomer
from edge.people.customers.privacy_requests import read_requests
from tests.shop_fixture import SYSTEM, FakeClock, answered, done, open_shop, run


def test_who_is_known_by_phone_or_address_has_a_request_and_no_one_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana = (await done(shop, SetCustomer(name="Dana", phone="+33612345678"), SYSTEM)).result
            noa = (await done(shop, SetCustomer(name="Noa", email="Noa@Example.com"), SYSTEM)).result

            async def ask(phone: str = "", email: str = "") -> tuple[object, int]:
                found = await done(shop, NoteRequestOf("erasure", phone, email), SYSTEM)
                return found.result, len(found.events)

            assert await ask("+33612345678") == (1, 1)
            assert await ask("+33612345678") == (1, 0), "it waits already"
            assert await ask("+33612345679", "nobody@example.com") == (0, 0)
            assert await ask("+33612345678", " noa@example.com ") == (2, 1)
            assert {one.customer for one in read_requests(shop.reader)} == {dana, noa}
            refused = await answered(shop, NoteRequestOf("access", "", "no address"), SYSTEM)
            assert getattr(refused, "code", "") == "email_invalid"

    run(scenario())
