"""Customers sign in by a code, see where they are signed in, and reach their own things alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.foundation.access.credentials.one_time_codes import OneTimeCodes, count_sent
from edge.foundation.access.credentials.sent_codes import CUSTOMERS_DAY, LIMITS
from edge.ordering.customer_accounts import commands as me
from edge.ordering.customer_accounts import sessions
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.ordering.customer_accounts.ways import read_ways
from edge.ordering.reviews.commands import WriteReview
from edge.ordering.reviews.queries import read_customer_reviews
from edge.people.customers.commands import AddWish, ForgetCustomer, MergeCustomers, SetCustomer
from edge.people.customers.consents import consents_to
from edge.people.customers.queries import read_customer, wished_skus
from tests.customers import known
from tests.flow.ordering.test_sign_in import WITH_SMS
from tests.ordering import KIOSK, do, refused
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, open_shop, run

TEXT = WITH_SMS + "\n[customer_accounts]\non = true\n"
PHONE, OTHER = "06 12 34 56 78", "06 99 99 99 99"
ASKING = "a" * 32


def code_of(shop: CommandBus, secret: str) -> str:
    found = "SELECT code FROM account_code WHERE digest = ?"
    return str(shop.reader.execute(found, (sessions.digest(secret),)).fetchone()[0])


async def sign_in(shop: CommandBus, to: str = PHONE, asking: str = ASKING, **said: Any) -> str:
    await do(shop, me.AskAccountCode(asking, to))
    return str(await do(shop, me.SignInAccount(asking, code_of(shop, asking), **said)))


def whose(shop: CommandBus, secret: str) -> str:
    found = sessions.find(shop.reader, secret, shop.now_us(), CustomerAccountSettings(True))
    return found.customer if found else ""


def test_who_is_new_says_who_they_are_and_consents_to_nothing_that_they_did_not_tick(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=TEXT) as shop:
            await do(shop, me.AskAccountCode(ASKING, PHONE))
            code = code_of(shop, ASKING)
            assert (await refused(shop, me.SignInAccount(ASKING, code))).code == "account_new"
            secret = await do(shop, me.SignInAccount(ASKING, code, name="Noa", consents=("profile",)))
            customer = whose(shop, secret)
            assert read_customer(shop.reader, customer, shop.now_us()).name == "Noa"  # type: ignore[union-attr]
            assert consents_to(shop.reader, customer, "profile", shop.now_us())
            assert not consents_to(shop.reader, customer, "messages", shop.now_us())
            assert [(way.kind, way.value) for way in read_ways(shop.reader, customer)] == [("sms", "+33612345678")]
            assert (await refused(shop, me.SignInAccount(ASKING, code))).code == "sign_in_over", "a code is good once"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_stands_of_an_asking_says_nothing_of_the_phone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            await do(shop, me.AskAccountCode(ASKING, PHONE))
            await do(shop, me.AskAccountCode("b" * 32, OTHER))

    run(scenario())
    held = b"".join(one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    for text in (b"612345678", b"699999999", b"06 12", b"06 99"):
        assert text not in held


def test_codes_that_cost_money_are_counted_together(tmp_path: Path) -> None:
    """Strangers' codes to numbers that no one knows: few to one number, for one network and for the shop, whose people
    have theirs anyway; and a restart forgets nothing."""

    async def scenario() -> None:
        clock, asked = FakeClock(), iter(range(10**6))

        async def asks(shop: Any, to: str, network: str) -> bool:
            asking = f"{next(asked):032}"
            outcome = await shop.do(me.AskAccountCode(asking, to, network=network), KIOSK)
            if isinstance(outcome, Refused):
                assert (outcome.code, 0 < int(outcome.values["minutes"]) <= 24 * 60) == ("sign_in_wait", True)
            return not isinstance(outcome, Refused)

        def number() -> str:
            return f"+3361234{next(asked):04}"

        one = number()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            assert [await asks(shop, one, f"net-{at}") for at in range(5)] == [True] * 3 + [False] * 2
            clock.advance(601)
            assert not await asks(shop, one, "net-9"), "a quarter of an hour, not ten minutes"
            assert [await asks(shop, number(), "net-x") for _ in range(12)] == [True] * 10 + [False] * 2
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            assert not await asks(shop, number(), "net-x"), "a restart forgets nothing"
            sent = 13
            for at in range(400):
                clock.advance(60)
                sent += await asks(shop, number(), f"far-{at}")
            assert sent == CUSTOMERS_DAY
            assert count_sent(shop.reader, shop.now_us()) == CUSTOMERS_DAY < LIMITS[2][2]

            async def sends(user: str, code: str) -> bool:
                return True

            assert (await OneTimeCodes(shop).send("dana", "net-y", sends)).code == "factor_sent"

    run(scenario())


def test_a_code_has_five_tries_and_ten_minutes_and_few_are_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            await do(shop, me.AskAccountCode(ASKING, PHONE))
            code = code_of(shop, ASKING)
            wrong = f"{(int(code) + 1) % 10**6:06}"
            for _ in range(5):
                assert (await refused(shop, me.SignInAccount(ASKING, wrong))).code == "sign_in_code_wrong"
            assert (await refused(shop, me.SignInAccount(ASKING, code))).code == "sign_in_over"
            await do(shop, me.AskAccountCode("b" * 32, PHONE))
            clock.advance(601)
            late = me.SignInAccount("b" * 32, code_of(shop, "b" * 32))
            assert (await refused(shop, late)).code == "sign_in_over"
            for at in range(3):
                await do(shop, me.AskAccountCode(f"{at}" * 32, OTHER))
            assert (await refused(shop, me.AskAccountCode("z" * 32, OTHER))).code == "sign_in_wait"
            assert (await refused(shop, me.AskAccountCode("z" * 32, "no phone"))).code == "account_to_wrong"

    run(scenario())


def test_a_session_is_seen_ended_and_ends_with_its_person(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana, bo = await known(shop, name="Dana", phone=PHONE), await known(shop, name="Bo", phone=OTHER)
            one = await sign_in(shop, device="iPhone Safari")
            two = await sign_in(shop, asking="b" * 32, device="Windows Firefox")
            listed = sessions.list_customer_sessions(shop.reader, dana)
            assert sorted(each.device for each in listed) == ["Windows Firefox", "iPhone Safari"]
            his = await sign_in(shop, OTHER, "c" * 32)
            await do(shop, me.EndOwnSession(his, id=listed[0].id))
            assert whose(shop, one) and whose(shop, two), "nobody ends what is somebody else's"
            await do(shop, me.EndOwnSession(one, others=True))
            assert (whose(shop, one), whose(shop, two)) == (dana, "")
            clock.advance(29 * 86_400)
            await do(shop, me.AddOwnWish(one, "milk"))
            clock.advance(29 * 86_400)
            assert whose(shop, one) == dana, "used, it lasts"
            clock.advance(2 * 86_400)
            assert not whose(shop, one)
            assert (await refused(shop, me.AddOwnWish(one, "beer"))).code == "account_signed_out"
            again = await sign_in(shop, asking="d" * 32)
            await do(shop, MergeCustomers(bo, dana), SYSTEM)
            assert not whose(shop, again), "merged away"
            last = await sign_in(shop, OTHER, "e" * 32)
            assert whose(shop, last) == bo
            await do(shop, ForgetCustomer(bo), SYSTEM)
            assert not whose(shop, last)
            (left,) = shop.reader.execute("SELECT count(*) FROM account_session").fetchone()
            assert left == 0

    run(scenario())


def test_own_things_are_reached_and_nobody_elses(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=TEXT) as shop:
            dana, bo = await known(shop, name="Dana", phone=PHONE), await known(shop, name="Bo", phone=OTHER)
            theirs = await do(shop, WriteReview(bo, "milk", 4, "good"), SYSTEM)
            await do(shop, AddWish(bo, "beer"), SYSTEM)
            secret = await sign_in(shop)
            await do(shop, me.AddOwnWish(secret, "milk", "for Friday"))
            await do(shop, me.RemoveOwnWish(secret, "beer"))
            assert (wished_skus(shop.reader, dana), wished_skus(shop.reader, bo)) == (["milk"], ["beer"])
            assert (await refused(shop, me.WithdrawOwnReview(secret, theirs))).code == "no_such_review"
            mine = await do(shop, me.WriteOwnReview(secret, "milk", 5, "very good"))
            await do(shop, me.WithdrawOwnReview(secret, mine))
            assert [one.state for one in read_customer_reviews(shop.reader, dana)] == ["withdrawn"]
            assert [one.state for one in read_customer_reviews(shop.reader, bo)] == ["pending"]
            await do(shop, me.SetOwnDetails(secret, "Dana L.", "fr"))
            assert (await refused(shop, me.SetOwnConsent(secret, "biometrics", True))).code == "consent_not_asked"
            await do(shop, me.SetOwnConsent(secret, "loyalty", True, "fr"))
            found = read_customer(shop.reader, dana, shop.now_us())
            assert found is not None and found.language == "fr"
            assert [(one.purpose, one.how) for one in found.consents] == [("loyalty", "page")]
            await do(shop, me.SetOwnConsent(secret, "loyalty", False))
            assert not consents_to(shop.reader, dana, "loyalty", shop.now_us())
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_cannot_be_undone_needs_a_code_of_the_last_five_minutes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana = await known(shop, name="Dana", phone=PHONE)
            secret = await sign_in(shop)
            assert await do(shop, me.ExportOwn(secret)) == dana, "the code of the sign-in was of now"
            clock.advance(301)
            for command in (me.ExportOwn(secret), me.ForgetOwn(secret), me.AskOwnWay(secret, OTHER)):
                assert (await refused(shop, command)).code == "account_code_first"
            assert await do(shop, me.AskOwnCode(secret)) == "sms"
            await do(shop, me.ConfirmOwnCode(secret, code_of(shop, secret)))
            assert (await refused(shop, me.RemoveOwnWay(secret, "sms"))).code == "account_last_way"
            await do(shop, me.ForgetOwn(secret))
            assert read_customer(shop.reader, dana, clock.at_us) is None or not whose(shop, secret)
            assert (await refused(shop, me.ExportOwn(secret))).code == "account_signed_out"

    run(scenario())


def test_a_new_way_is_told_to_the_one_before_which_takes_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana = await known(shop, name="Dana", phone=PHONE)
            thief = await sign_in(shop)
            await do(shop, me.AskOwnWay(thief, OTHER))
            await do(shop, me.ProveOwnWay(thief, code_of(shop, f"{thief}.way"[-64:])))
            assert [way.value for way in read_ways(shop.reader, dana)] == ["+33699999999"]
            notices = [row for (row,) in shop.reader.execute("SELECT key FROM notify_message") if "before" in row]
            assert len(notices) == 1
            await do(shop, me.AskAccountCode("b" * 32, PHONE))
            code = code_of(shop, "b" * 32)
            assert (await refused(shop, me.SignInAccount("b" * 32, code))).code == "account_take_back"
            mine = await do(shop, me.SignInAccount("b" * 32, code, take_back=True))
            assert (whose(shop, mine), whose(shop, thief)) == (dana, "")
            assert [way.value for way in read_ways(shop.reader, dana)] == ["+33612345678"]
            clock.advance(601)
            await do(shop, me.AskAccountCode("c" * 32, OTHER))
            new = me.SignInAccount("c" * 32, code_of(shop, "c" * 32), name="Thief")
            assert whose(shop, await do(shop, new)) != dana, "the phone of the thief opens the account no more"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_phone_of_two_accounts_is_settled_by_a_person_and_nothing_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            await known(shop, name="Bo", phone=OTHER)
            await sign_in(shop, OTHER, "b" * 32)
            secret = await sign_in(shop)
            await do(shop, me.AskOwnWay(secret, OTHER))  # the same answer as for any other
            proved = me.ProveOwnWay(secret, code_of(shop, f"{secret}.way"[-64:]))
            assert (await refused(shop, proved)).code == "account_settle"
            # typed at the counter is not proved: Bo's account is not had by a number that a cashier typed
            bo = whose(shop, await sign_in(shop, OTHER, "c" * 32))
            await do(shop, SetCustomer(bo, phone="06 77 77 77 77"), SYSTEM)
            await do(shop, me.AskAccountCode("d" * 32, "06 77 77 77 77"))
            typed = me.SignInAccount("d" * 32, code_of(shop, "d" * 32), name="X")
            assert (await refused(shop, typed)).code == "account_settle"
            clock.advance(901)
            assert whose(shop, await sign_in(shop, OTHER, "e" * 32)) == bo

    run(scenario())


@pytest.mark.parametrize(("born", "code"), [("", "account_new"), ("2027-01-15", "customer_too_young")])
def test_who_is_too_young_is_not_kept(tmp_path: Path, born: str, code: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=TEXT + "\n[customers]\nleast_age = 18\n") as shop:
            await do(shop, me.AskAccountCode(ASKING, PHONE))
            wanted = me.SignInAccount(ASKING, code_of(shop, ASKING), name="Kim", born=born)
            assert (await refused(shop, wanted)).code == code
            assert shop.reader.execute("SELECT count(*) FROM customer").fetchone() == (0,)
            assert shop.reader.execute("SELECT count(*) FROM account_way").fetchone() == (0,)

    run(scenario())


def test_a_child_tells_nothing_of_itself_in_quebec(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = TEXT.replace("[tax]", 'country = "CA"\nprovince = "QC"\n[tax]')
        async with open_shop(tmp_path, FakeClock(), text=text) as shop:
            await do(shop, me.AskAccountCode(ASKING, "514 555 0123"))
            wanted = me.SignInAccount(ASKING, code_of(shop, ASKING), name="Kim", born="2014-06-01")
            assert (await refused(shop, wanted)).values == {"age": 14}
            assert shop.reader.execute("SELECT count(*) FROM customer").fetchone() == (0,)

    run(scenario())


def test_no_account_where_the_shop_has_none_and_no_one_of_the_staff_is_a_customer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=WITH_SMS) as shop:
            assert (await refused(shop, me.AskAccountCode(ASKING, PHONE))).code == "account_to_wrong"
            await done_sale(shop, await known(shop, name="Dana", phone=PHONE))
            assert (await refused(shop, me.AddOwnWish("x" * 43, "milk"))).code == "account_signed_out"

    async def done_sale(shop: CommandBus, customer: str) -> None:
        await do(shop, UseCustomer(customer), CASHIER)
        await do(shop, AddLine(code="", sku="milk"), CASHIER)
        await do(shop, Pay("cash", 500), CASHIER)

    run(scenario())
    assert KIOSK.surface == "kiosk"
