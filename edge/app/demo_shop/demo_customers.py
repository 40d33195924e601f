"""The demo's customers: a dozen people, some with cards, consents, wishes, history and feedback."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from edge.core.messages import Command, Done
from edge.counter.loyalty.commands import AdjustPoints
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.lib.regions.addresses import Address
from edge.ordering.reviews.commands import PublishReview, WriteReview
from edge.people.customers.commands import AddWish, GiveConsent, SetCustomer
from edge.people.customers.customer import Preferences, Purpose

PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "name": "Dana Levi",
        "phone": "052-555-0101",
        "price_list": "member",
        "member_code": "1000000001",
        "language": "he",
    },
    {"name": "Avigail Mizrahi", "phone": "052-555-0102", "price_list": "member", "member_code": "1000000002"},
    {"name": "Yossi Cohen", "phone": "052-555-0103", "email": "yossi@example.org", "language": "he"},
    {"name": "Claire Fontaine", "phone": "+33 6 12 34 56 78", "email": "claire@example.org", "language": "fr"},
    {"name": "Marc Tremblay", "phone": "+1 514 555 0104", "language": "fr"},
    {"name": "Noa Peretz", "phone": "052-555-0105", "price_list": "member", "new_code": True},
    {"name": "Bo Svensson", "email": "bo@example.org"},
    {"name": "Ruth Abramov", "phone": "052-555-0106", "born": "1958-04-12", "language": "he"},
    {"name": "Sam Okafor", "phone": "+1 416 555 0107", "price_list": "member", "new_code": True, "language": "en"},
    {"name": "רונית שלום", "phone": "052-555-0108", "language": "he"},
    {"name": "Émile Gagnon", "phone": "+1 418 555 0109", "language": "fr"},
    {"name": "Tal Bar", "phone": "052-555-0110", "price_list": "member", "new_code": True},
)
ADDRESSES = (
    Address(("Rothschild 12",), "Tel Aviv", postal_code="6688112", country="IL", note="third floor"),
    Address(("290 Bremner Blvd",), "Toronto", "ON", "M5V 3L9"),
)

CONSENTS: tuple[tuple[int, Purpose], ...] = (
    *((0, "profile"), (0, "recommendations"), (3, "messages"), (8, "profile")),
    *((0, "loyalty"), (1, "loyalty"), (3, "loyalty")),
)
POINTS = ((0, "points", 62), (0, "coffee", 9), (1, "points", 18), (3, "points", 240))
"""Points that members have from an earlier system. Some have enough for a reward."""
BUYERS = (0, 1, 2, 3, 4, 0, 0, 8)
SAID = ((5, "Fresh every time."), (4, ""), (3, "Good, but small."), (5, "Parfait !"))


async def seed(do: Callable[[Command], Awaitable[Done]], skus: Sequence[str]) -> None:
    """Create the customers, with sales of `skus` (at least six with a fixed unit price)."""
    ids = [str((await do(SetCustomer(**person))).result) for person in PEOPLE]
    await do(SetCustomer(id=ids[0], addresses=ADDRESSES[:1]))
    await do(SetCustomer(id=ids[8], addresses=ADDRESSES[1:]))
    for at, purpose in CONSENTS:
        await do(GiveConsent(ids[at], purpose, "en"))
    for at, purse, points in POINTS:
        await do(AdjustPoints(ids[at], points, "welcome", purse))
    await do(SetCustomer(id=ids[0], preferences=Preferences(liked_brands=("Tnuva",))))
    for at, who in enumerate(BUYERS):
        lines = tuple(LineSold(sku=skus[(at + step) % len(skus)]) for step in range(1 + at % 3))
        sale = SellBasket(lines, (TenderGiven("card"),), age_checked=21, customer=ids[who], print=False)
        await do(sale)
    for at, note in ((0, "for the holiday"), (1, ""), (3, "if it is cheaper")):
        await do(AddWish(ids[at], skus[at + 2], note))
    written = [(await do(WriteReview(ids[at], skus[at], stars, text))).result for at, (stars, text) in enumerate(SAID)]
    for review in written[:2]:
        await do(PublishReview(str(review)))
