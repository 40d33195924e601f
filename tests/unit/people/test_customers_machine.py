"""Whatever is said of customers, in whatever order: a phone leads to one, the forgotten are nowhere, tables hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.people.sealing import is_forgotten
from edge.ordering.reviews.commands import PublishReview, WriteReview
from edge.ordering.reviews.queries import read_product_reviews, read_reviews
from edge.people.customers import commands
from edge.people.customers.customer import Preferences
from edge.people.customers.lookup import PHONE, by_exactly
from edge.people.customers.queries import read_customer, read_customers
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

PEOPLE = 4
PHONES = ("0612345601", "0612345602", "0612345603")
WHO = st.integers(0, PEOPLE - 1)
STEPS = st.one_of(
    st.tuples(st.just("set"), WHO, st.sampled_from([*PHONES, ""])),
    st.tuples(st.just("merge"), WHO, WHO),
    st.tuples(st.just("forget"), WHO, st.none()),
    st.tuples(st.just("yes"), WHO, st.none()),
    st.tuples(st.just("no"), WHO, st.none()),
    st.tuples(st.just("like"), WHO, st.sampled_from(["tea", "milk"])),
    st.tuples(st.just("wish"), WHO, st.sampled_from(["milk", "beer"])),
    st.tuples(st.just("review"), WHO, st.integers(1, 5)),
    st.tuples(st.just("publish"), st.none(), st.none()),
)


async def step(shop: CommandBus, ids: list[str], what: str, who: Any, more: Any) -> None:
    id = ids[who] if who is not None else ""
    match what:
        case "set":
            command: Any = commands.SetCustomer(id=id, name=f"Dana {who}", phone=more)
        case "merge":
            command = commands.MergeCustomers(id, ids[more])
        case "forget":
            command = commands.ForgetCustomer(id)
        case "yes":
            command = commands.GiveConsent(id, "profile", "en")
        case "no":
            command = commands.WithdrawConsent(id, "profile")
        case "like":
            command = commands.SetCustomer(id=id, preferences=Preferences((more,)))
        case "wish":
            command = commands.AddWish(id, more)
        case "review":
            command = WriteReview(id, "milk", more, "words")
        case _:
            waiting = read_reviews(shop.reader)
            if not waiting:
                return
            command = PublishReview(waiting[0].id)
    await shop.do(command, SYSTEM)  # done or refused: never a fault


def holds(shop: CommandBus, ids: list[str]) -> None:
    now = shop.now_us()
    listed = {one.id for one in read_customers(shop.reader).customers}
    for id in ids:
        found = read_customer(shop.reader, id, now)
        if found is None:
            assert is_forgotten(shop.reader, id) and id not in listed
            continue
        assert found.id in listed and not found.hidden
        consented = any(one.purpose == "profile" and one.state == "given" for one in found.consents)
        assert consented or found.preferences is None
        if found.phone:
            assert by_exactly(shop.reader, PHONE, found.phone) == found.id, "a phone leads to one"
    said = read_product_reviews(shop.reader, "milk")
    assert said.rating.count == len(said.reviews)
    assert verify(shop.reader, shop.registry).faults == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=4, max_size=18))
def test_whatever_is_said_of_them(steps: list[tuple[str, Any, Any]]) -> None:
    async def scenario(folder: Path) -> None:
        async with open_shop(folder, FakeClock()) as shop:
            made = [await shop.do(commands.SetCustomer(name=f"Dana {n}"), SYSTEM) for n in range(PEOPLE)]
            ids = [str(one.result) for one in made]  # type: ignore[union-attr]
            for one in steps:
                await step(shop, ids, *one)
            holds(shop, ids)

    with tempfile.TemporaryDirectory(prefix="edge-customers-") as folder:
        run(scenario(Path(folder)))
