"""Customers come, are found, merge, consent and are forgotten; nothing of them is in the journal in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.core.ids import CommandId
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Done, Refused
from edge.core.people.sealing import is_forgotten
from edge.goods.catalog.commands import SetPrice
from edge.goods.stock.commands import Moved, MoveStock, ReserveLine, ReserveStock
from edge.lib.regions.addresses import Address
from edge.people.customers import commands
from edge.people.customers.commands import AddWish, ForgetCustomer, GiveConsent, MergeCustomers, SetCustomer
from edge.people.customers.consents import consent_history, consents_to, read_wordings
from edge.people.customers.customer import Preferences
from edge.people.customers.data_export import read_facts
from edge.people.customers.lookup import search
from edge.people.customers.privacy_requests import read_breaches, read_requests
from edge.people.customers.queries import read_customer, read_customers
from edge.people.customers.settings import settings_of
from edge.people.customers.watches import WATCHES
from edge.people.customers.wishlist import read_wishlist
from tests.customers import CASHIER, DANA, known, refused, seen
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, agreed, config, done, open_shop, run

CANADIAN = CONFIG.replace('zone = "Europe/Paris"', 'zone = "America/Toronto"') + "[customers]\nleast_age = 19\n"
DAY_S = 86_400


def test_they_are_found_by_phone_digits_mail_card_and_the_beginning_of_names(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            id = await known(shop, **DANA, new_code=True)
            code = seen(shop, id).member_code
            assert code.isdigit() and len(code) == 10
            await known(shop, name="Bo Svensson", phone="06 99 99 99 99")
            settings = settings_of(config(tmp_path))
            for text in ("0612345678", "+33 6 12 34 56 78", "5678", " dana@example.org", "M/" + code, code):
                assert [one.id for one in search(shop.reader, text, settings)] == [id], text
            for text in ("dan", "LEVI", "lev dan", "lev d", "le da", "Dana Levi"):
                assert [one.id for one in search(shop.reader, text, settings)] == [id], text
            for text in ("", "d", "da", "zz", "danae", "1234", "@"):
                assert search(shop.reader, text, settings) == [], text
            assert [one.name for one in search(shop.reader, "bo", settings)] == ["Bo Svensson"], "a whole name"
            await done(shop, SetCustomer(id=id, name="Dina", phone=""), SYSTEM)
            assert search(shop.reader, "dana", settings) == search(shop.reader, "5678", settings) == []
            assert [one.phone_end for one in search(shop.reader, "dina", settings)] == [""]

    run(scenario())


def test_a_birthday_begins_at_midnight_and_not_with_the_day_of_business(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=CANADIAN) as shop:
            made = await shop.do(SetCustomer(name="Noa", born="2008-01-15"), SYSTEM)  # it is three in the morning
            assert isinstance(made, Done), "the nineteenth birthday"
            assert await refused(shop, SetCustomer(name="Mia", born="2008-01-16")) == "customer_too_young"

    run(scenario())


def test_bad_input_is_refused_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=CANADIAN) as shop:
            id = await known(shop, name="Dana", phone="416 555 0123", email="d@x.org", member_code="77")
            head = shop.head.seq
            bad: list[tuple[dict[str, Any], str]] = [
                ({"phone": "(416) 555-0123"}, "customer_exists"),
                ({"email": " D@X.ORG "}, "customer_exists"),
                ({"member_code": "M/77"}, "member_code_taken"),
                ({"name": "x" * 201}, "name_too_long"),
                ({"name": "a\x07b"}, "control_characters"),
                ({"phone": "call me"}, "phone_invalid"),
                ({"email": "d.x.org"}, "email_invalid"),
                ({"name": "A", "born": "2030-01-01"}, "birth_date_invalid"),
                ({"name": "A", "born": "1899-12-31"}, "birth_date_invalid"),
                ({"name": "A", "born": "2010-01-16"}, "customer_too_young"),
                (
                    {"name": "A", "addresses": (Address(("1 Main",), "Toronto", "ON", "H2X 1Y4"),)},
                    "confirm_postal_province",
                ),
                ({"name": "A", "addresses": (Address(("1 Main",), "Toronto", "XX", "H2X 1Y4"),)}, "address_wrong"),
                ({"name": "A", "addresses": (Address(("1",), "Rome", country="IT"),) * 11}, "too_many_addresses"),
                ({"name": "A", "preferences": Preferences(("milk",))}, "consent_missing"),
                ({}, "customer_empty"),
                ({"id": "c9", "name": "A"}, "no_such_customer"),
            ]
            for said, code in bad:
                assert await refused(shop, SetCustomer(**said)) == code, said
            assert shop.head.seq == head
            outcome = await shop.do(SetCustomer(phone="4165550123"), SYSTEM)
            assert isinstance(outcome, Refused) and outcome.values == {"id": id}, "names whose it is"
            assert await refused(shop, SetCustomer(name="Eve"), CASHIER) == "right_denied"
            sure = SetCustomer(id=id, addresses=(Address(("1 Main",), "Toronto", "on", "h2x1y4"),))
            await agreed(shop, sure, SYSTEM)
            (address,) = seen(shop, id).addresses
            assert (address.postal_code, address.confirmed) == ("H2X 1Y4", True)
            same = shop.head.seq
            await done(shop, SetCustomer(id=id, name="Dana"), SYSTEM)
            assert shop.head.seq == same, "the same once more leaves no event"

    run(scenario())


def test_nothing_of_them_is_in_the_journal_in_the_clear(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            id = await known(shop, **DANA, born="1990-12-31")
            await done(shop, AddWish(id, "milk", "for Noa"), SYSTEM)
            await done(shop, commands.ExportCustomer(id, "Dana asked"), SYSTEM)
            bodies = b"".join(row.body for row in read_rows(shop.reader, 1, 100))
            for text in ("Dana L", "612345678", "example.org", "1990-12-31", "for Noa", "Dana asked"):
                assert text.encode() not in bodies, text

    run(scenario())


def test_two_who_are_one_answer_under_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            kept = await known(shop, name="Dana", email="d@x.org")
            other = await known(shop, **DANA, price_list="member", member_code="55")
            for customer, purpose in ((kept, "marketing"), (other, "marketing"), (other, "profile")):
                await done(shop, GiveConsent(customer, purpose, "en"), SYSTEM)  # type: ignore[arg-type]
            await done(shop, SetCustomer(id=other, preferences=Preferences(("dairy",))), SYSTEM)
            await done(shop, commands.WithdrawConsent(other, "marketing"), SYSTEM)
            await done(shop, AddWish(other, "milk", "soon"), SYSTEM)
            assert await refused(shop, MergeCustomers(kept, kept)) == "customer_merged_into_self"
            assert await refused(shop, MergeCustomers(kept, "c9")) == "no_such_customer"
            await done(shop, MergeCustomers(kept, other), SYSTEM)
            assert await refused(shop, MergeCustomers(kept, other)) == "customer_merged_into_self"
            one = seen(shop, other)
            assert (one.id, one.name, one.email, one.phone) == (kept, "Dana", "d@x.org", "+33612345678")
            assert (one.price_list, one.member_code, one.aliases) == ("member", "55", (other,))
            assert one.preferences == Preferences(("dairy",))
            assert {said.purpose: said.state for said in one.consents} == {"marketing": "withdrawn", "profile": "given"}
            assert [wish.note for wish in read_wishlist(shop.reader, kept, clock.at_us)] == ["soon"]
            settings = settings_of(config(tmp_path))
            assert [found.id for found in search(shop.reader, "dana@example.org", settings)] == [kept]
            assert [found.id for found in read_customers(shop.reader).customers] == [kept]
            third = await known(shop, name="D. Levi")
            await done(shop, MergeCustomers(third, kept), SYSTEM)
            assert set(seen(shop, other).aliases) == {kept, other}
            await done(shop, ForgetCustomer(other), SYSTEM)
            assert all(is_forgotten(shop.reader, id) for id in (third, kept, other))
            assert read_customers(shop.reader).customers == []
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_consent_holds_by_its_wording_and_what_was_kept_by_it_goes_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            id = await known(shop)
            assert not consents_to(shop.reader, id, "profile", clock.at_us), "never by itself"
            await done(shop, GiveConsent(id, "profile", "fr", how="paper"), SYSTEM)
            await done(shop, GiveConsent(id, "profile", "fr"), SYSTEM)
            assert len(consent_history(shop.reader, id, clock.at_us)) == 1, "the same yes leaves no event"
            await done(shop, SetCustomer(id=id, preferences=Preferences(liked_brands=("Acme",))), SYSTEM)
            clock.advance(60)
            slight = commands.PublishWording("profile", "v2", {"en": "May we?"})
            await done(shop, slight, SYSTEM)
            assert await refused(shop, slight) == "wording_version_taken"
            assert seen(shop, id).consents[0].state == "given", "an old yes holds"
            clock.advance(60)
            await done(shop, commands.PublishWording("profile", "v3", {"en": "May we more?"}, material=True), SYSTEM)
            assert seen(shop, id).consents[0].state == "renew"
            assert await refused(shop, GiveConsent(id, "profile", "fr")) == "no_such_wording"
            clock.advance(31 * DAY_S)
            assert seen(shop, id).consents[0].state == "lapsed"
            assert seen(shop, id).preferences is None
            await done(shop, GiveConsent(id, "profile", "en"), SYSTEM)
            assert seen(shop, id).preferences == Preferences(liked_brands=("Acme",))
            (profile,) = shop.reader.execute("SELECT profile FROM customer").fetchone()
            await done(shop, commands.WithdrawConsent(id, "profile"), SYSTEM)
            assert is_forgotten(shop.reader, profile), "its key is destroyed"
            assert (seen(shop, id).preferences, seen(shop, id).name) == (None, "Dana Lévi")
            states = [(one.wording, one.state) for one in consent_history(shop.reader, id, clock.at_us)]
            assert states == [("standard-2", "withdrawn"), ("v3", "withdrawn")]
            versions = [one.version for one in read_wordings(shop.reader) if one.purpose == "profile"]
            assert versions == ["v3", "v2", "standard-2", "standard-1"], "earlier consents keep their text"
            await done(shop, GiveConsent(id, "profile", "en"), SYSTEM)
            await done(shop, SetCustomer(id=id, preferences=Preferences(("tea",))), SYSTEM)
            assert seen(shop, id).preferences == Preferences(("tea",))
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_wish_list_says_what_became_of_what_was_wished_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            id = await known(shop, name="Dana", price_list="member")
            assert await refused(shop, AddWish(id, "nothing")) == "unknown_sku"
            assert await refused(shop, AddWish(id, "milk", "x" * 121)) == "wish_note_wrong"
            await done(shop, AddWish(id, "milk"), SYSTEM)
            head = shop.head.seq
            await done(shop, AddWish(id, "milk"), SYSTEM)
            assert shop.head.seq == head, "the same twice leaves no event"
            clock.advance(60)
            await done(shop, SetPrice("milk", 100, "member"), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            (wish,) = read_wishlist(shop.reader, id, clock.at_us)
            assert (wish.price_minor, wish.fell_minor, wish.on_hand, wish.arrived) == (100, 20, 5000, True)
            await done(shop, commands.RemoveWish(id, "milk"), SYSTEM)
            await done(shop, commands.RemoveWish(id, "milk"), SYSTEM)
            assert read_wishlist(shop.reader, id, clock.at_us) == []

    run(scenario())


def test_what_was_promised_to_others_is_not_there_for_who_wishes_for_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            first, later = await known(shop, name="Dana"), await known(shop, name="Noa")
            await done(shop, AddWish(first, "milk"), SYSTEM)
            (uncounted,) = read_wishlist(shop.reader, first, clock.at_us)
            assert (uncounted.available, uncounted.arrived) == (None, False)
            await done(shop, MoveStock("received", (Moved("milk", 5000),)), SYSTEM)
            await done(shop, ReserveStock("order:1", (ReserveLine("milk", 5000),)), SYSTEM)
            await done(shop, AddWish(later, "milk"), SYSTEM)
            (wish,) = read_wishlist(shop.reader, first, clock.at_us)
            assert (wish.on_hand, wish.available, wish.arrived) == (5000, 0, False)
            await done(shop, MoveStock("wasted", (Moved("milk", -1000),)), SYSTEM)
            (wish,) = read_wishlist(shop.reader, first, clock.at_us)
            assert wish.available == 0, "more was promised than there is, and nobody reads of less than nothing"
            await done(shop, MoveStock("received", (Moved("milk", 3000),)), SYSTEM)
            for customer in (first, later):
                (wish,) = read_wishlist(shop.reader, customer, clock.at_us)
                assert (wish.available, wish.arrived) == (2000, True), "there was none when they wished for it"

    run(scenario())


def test_an_export_has_every_fact_and_who_looked_and_a_forgotten_one_has_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            id = await known(shop)
            await done(shop, SetCustomer(id=id, name="Dana Levi-Katz"), SYSTEM)
            assert await refused(shop, commands.ExportCustomer(id, " ")) == "export_why"
            assert await refused(shop, commands.ExportCustomer(id, "x"), MANAGER) == "right_denied"
            await done(shop, commands.ExportCustomer(id, "She asked"), SYSTEM)
            facts = read_facts(shop.reader, shop.registry, id)
            assert [fact["event"] for fact in facts] == ["CustomerSet", "CustomerSet", "PersonalDataRead"]
            assert [fact["fields"].get("name") for fact in facts[:2]] == ["Dana Lévi", "Dana Levi-Katz"]
            assert facts[2]["fields"]["why"] == "She asked"
            await done(shop, ForgetCustomer(id), SYSTEM)
            assert read_facts(shop.reader, shop.registry, id) == []
            assert read_customer(shop.reader, id, 0) is None
            for command in (SetCustomer(id=id, name="A"), GiveConsent(id, "chat", "en"), AddWish(id, "milk")):
                assert await refused(shop, command) == "no_such_customer"
            again = await known(shop)
            assert again != id, "who comes back is another one"

    run(scenario())


def test_a_repeat_of_the_same_request_makes_one_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            first = await done(shop, SetCustomer(**DANA), SYSTEM)
            second = await shop.do(SetCustomer(**DANA), SYSTEM, CommandId(first.command_id))
            assert isinstance(second, Done) and second.repeated
            assert len(read_customers(shop.reader).customers) == 1

    run(scenario())


def test_what_customers_ask_by_law_is_told_before_its_time_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            (watch,) = WATCHES

            def told() -> list[str]:
                return [one.severity for one in watch.read(shop.reader, clock.at_us, "")]

            dana, bo = await known(shop), await known(shop, name="Bo")
            for customer, kind in ((dana, "access"), (dana, "access"), (dana, "correction"), (bo, "erasure")):
                await done(shop, commands.NoteRequest(customer, kind), SYSTEM)  # type: ignore[arg-type]
            assert len(read_requests(shop.reader)) == 3, "asked twice is one request"
            assert told() == []
            clock.advance(24 * DAY_S)
            assert told() == ["medium"]
            clock.advance(7 * DAY_S)
            assert told() == ["high"]
            await done(shop, commands.ExportCustomer(dana, "She asked"), SYSTEM)
            await done(shop, ForgetCustomer(bo), SYSTEM)
            waiting = [one for one in read_requests(shop.reader) if one.answered_us is None]
            assert [(one.customer, one.kind) for one in waiting] == [(dana, "correction")]
            assert await refused(shop, commands.AnswerRequest(waiting[0].seq, refused=True)) == "request_reason_wrong"
            await done(shop, commands.AnswerRequest(waiting[0].seq, refused=True, reason="It is right"), SYSTEM)
            assert told() == []
            assert await refused(shop, commands.NoteBreach(clock.at_us + 1, 2, True, "A list")) == "breach_wrong"
            await done(shop, commands.NoteBreach(clock.at_us, 2, True, "A list lay there", told=True), SYSTEM)
            assert [(one.people, one.harm, one.told) for one in read_breaches(shop.reader)] == [(2, True, True)]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
