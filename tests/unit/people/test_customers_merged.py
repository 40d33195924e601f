"""Two customers who are one: what they consented to, wrote and put aside answers under one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.people.sealing import is_forgotten
from edge.people.customers import commands
from edge.people.customers.commands import GiveConsent, MergeCustomers, SetCustomer
from edge.people.customers.consents import consent_history, consents_to
from edge.people.customers.customer import Preferences
from tests.customers import known, seen
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

DAY_S = 86_400


async def with_profiles(shop: CommandBus, *names: str) -> list[str]:
    """Customers who said yes to a profile, and what they like."""
    ids = [await known(shop, name=name) for name in names]
    for id in ids:
        await done(shop, GiveConsent(id, "profile", "en"), SYSTEM)
        await done(shop, SetCustomer(id=id, preferences=Preferences((seen(shop, id).name,))), SYSTEM)
    return ids


@pytest.mark.parametrize("kept_said_no", [True, False])
def test_whoever_of_two_said_no_what_was_kept_by_a_yes_is_destroyed(kept_said_no: bool, tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            kept, merged = await with_profiles(shop, "cola", "beer")
            profiles = [one for (one,) in shop.reader.execute("SELECT profile FROM customer")]
            await done(shop, commands.WithdrawConsent(kept if kept_said_no else merged, "profile"), SYSTEM)
            await done(shop, MergeCustomers(kept, merged), SYSTEM)
            one = seen(shop, kept)
            assert one.preferences is None
            assert {said.purpose: said.state for said in one.consents} == {"profile": "withdrawn"}
            assert all(is_forgotten(shop.reader, profile) for profile in profiles)
            assert {said.state for said in consent_history(shop.reader, kept, clock.at_us)} == {"withdrawn"}
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_merging_renews_no_yes_that_is_to_be_given_anew(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            kept, merged, newer = [await known(shop, name=name) for name in ("Ana", "Ben", "Eva")]
            await done(shop, GiveConsent(merged, "marketing", "en"), SYSTEM)
            given_us = clock.at_us
            clock.advance(60)
            await done(shop, commands.PublishWording("marketing", "v2", {"en": "More mail."}, True), SYSTEM)
            clock.advance(29 * DAY_S)
            await done(shop, MergeCustomers(kept, merged), SYSTEM)
            (said,) = seen(shop, kept).consents
            assert (said.state, said.given_us, said.wording) == ("renew", given_us, "standard-2")
            assert len(consent_history(shop.reader, kept, clock.at_us)) == 1, "told once"
            clock.advance(2 * DAY_S)
            assert not consents_to(shop.reader, kept, "marketing", clock.at_us), "lapsed"
            await done(shop, GiveConsent(newer, "marketing", "en"), SYSTEM)
            await done(shop, MergeCustomers(kept, newer), SYSTEM)
            assert consents_to(shop.reader, kept, "marketing", clock.at_us), "who said yes to the new wording"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_was_said_under_an_id_that_was_merged_stays_readable(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            kept, merged, last = [await known(shop, name=name) for name in ("Ana", "Ben", "Eva")]
            await done(shop, GiveConsent(merged, "marketing", "fr"), SYSTEM)
            await done(shop, commands.WithdrawConsent(merged, "marketing"), SYSTEM)
            await done(shop, MergeCustomers(kept, merged), SYSTEM)
            await done(shop, MergeCustomers(last, kept), SYSTEM)
            told = consent_history(shop.reader, last, clock.at_us)
            assert [(one.purpose, one.state, one.language) for one in told] == [("marketing", "withdrawn", "fr")]
            await done(shop, GiveConsent(last, "marketing", "en"), SYSTEM)
            assert [one.state for one in seen(shop, last).consents] == ["given"], "they may say yes again"

    run(scenario())
