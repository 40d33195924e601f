"""Reads of personal data or secrets are recorded: who read them, where, and about whom."""

from __future__ import annotations

from pathlib import Path

from edge.core.endpoints import DONE
from edge.core.messages import Done
from edge.core.people.personal_export import export
from edge.foundation.access.browsers.sessions import MANAGERS_LIMIT
from edge.foundation.access.logs.look_log import AGAIN_US, READ_ROWS, PersonalRead, read_looks
from edge.foundation.access.pages.looked_at import each_once, topic_of
from edge.foundation.access.rights import PERSONAL
from edge.people.customers.commands import SetCustomer
from edge.web.rate_limit import Rates
from tests.browser.calling import PIN, Answer, Caller, calling
from tests.browser.serving import Served, serve
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import SYSTEM, run
from tests.signing_in import hire, noted, own_device


async def looked(served: Served) -> list[PersonalRead]:
    await served.access.looks.stop()
    return read_looks(served.shop.reader, limit=READ_ROWS)


async def manager(served: Served, caller: Caller) -> dict[str, str]:
    await hire(served)
    return {"Cookie": await own_device(caller), "Surface": "panel"}


def test_whoever_sees_people_customers_or_a_secret_leaves_a_row(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            dana = await manager(served, caller)
            known = await served.shop.do(SetCustomer(name="Mia Roy", phone="+33612345678"), SYSTEM)
            assert isinstance(known, Done)
            mia = known.result
            for path in (
                *("/api/v1/queries/users", "/fragments/users", "/api/v1/auth/logins", "/manager/customers"),
                *(f"/api/v1/queries/customer?id={mia}", f"/api/v1/customers/{mia}", f"/manager/customer?id={mia}"),
                "/api/v1/queries/looks",
            ):
                assert (await caller.get(path, **dana)).status == 200, path
            shown = await caller.call("POST", "/fragments/recovery-code", {}, **dana)
            assert len(shown.text) > 20 and "<" not in shown.text
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5903", "person": "u2"})).status == 200
            ended = await caller.call("POST", "/api/v1/sessions/end", {"register": "1"}, **dana)
            assert ended.status == 200
            seen = {(one.what, one.of) for one in await looked(served) if one.user == "u1"}
            assert seen == {
                *(("users", ""), ("/fragments/users", ""), ("/api/v1/auth/logins", ""), ("/manager/customers", "")),
                *(("customer", mia), ("/api/v1/customers/{id}", mia), ("/manager/customer", mia), ("looks", "")),
                *(("/fragments/recovery-code", ""), ("/api/v1/sessions/end", "u2")),
            }
            assert all(one.network == "127.0.0.0/24" for one in await looked(served))
            page = await caller.get("/fragments/users", **dana)
            told = page.text.partition("Access to personal data")[2]
            assert "Recovery code" in told and "Avi" in told and told.count("Customer<") == 1
            told = export(served.shop.reader, served.shop.registry, mia)["kept"]["looked_at"]
            assert {(one["by"], one["what"]) for one in told} >= {("u1", "customer"), ("u1", "/manager/customer")}

    run(scenario())


def test_what_is_denied_and_what_is_of_no_one_leaves_none_and_the_same_again_leaves_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            dana = await manager(served, caller)
            assert (await caller.get("/api/v1/queries/users")).code == "right_denied"
            assert (await caller.get("/api/v1/customers/c9", **dana)).status == 404
            assert (await caller.get("/api/v1/queries/product?sku=milk", **dana)).status == 200
            assert await looked(served) == []
            for _ in range(3):
                assert (await caller.get("/api/v1/queries/users", **dana)).status == 200
            program = await key_of(served, caller, "users", "customers.read")
            assert (await caller.get("/api/v1/queries/users", **program)).status == 200
            assert (await caller.get("/api/v1/customers", **program)).status == 200
            rows = [(one.user.partition(":")[0], one.what) for one in await looked(served)]
            assert rows == [
                *(("key", "/api/v1/customers"), ("key", "users")),
                *(("system", "/api/v1/keys"), ("u1", "users")),  # the new key was shown
            ]

    run(scenario())


def test_every_read_by_a_right_of_data_of_people_is_one_of_those(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            identity = served.site.identity
            named = {one.right for one in served.shop.registry.queries.values()} & PERSONAL
            assert named >= {"customers.read", "invoices"}, "what they are declared by is what is looked at"
            assert not identity.is_personal("sell", "manage") and identity.is_personal("manage", "users")

    run(scenario())


def test_all_that_is_looked_at_has_a_word_on_the_page(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            of, declared = served.site.identity.is_personal, served.site.declared
            asked = [one.name for one in served.shop.registry.queries.values() if of(one.right, one.also)]
            read = [
                one.plain_path
                for one in (*declared.endpoints, *(page.endpoint for page in declared.pages.values()))
                if (one.rate_class == "read" and of(one.right, one.also))
                or (one.reauthenticate and one.answer is not DONE)
            ]
            assert [what for what in (*asked, *read) if not topic_of(what)] == []

    run(scenario())


def test_a_page_and_its_pieces_are_one_look() -> None:
    def look(id: int, what: str, of: str = "", user: str = "u1", at_us: int = 0) -> PersonalRead:
        return PersonalRead(id, at_us, user, what, of, "", "10.0.0.0/24")

    looks = [
        look(6, "users", at_us=2 * AGAIN_US),
        look(5, "/manager/customer", "c2", at_us=5),
        look(4, "/manager/users", user="u2", at_us=4),
        look(3, "/fragments/users", at_us=3),
        look(2, "/manager/users", at_us=2),
        look(1, "/manager/customer", "c1", at_us=1),
    ]
    assert [(one.id, topic) for one, topic in each_once(looks)] == [
        *((6, "people"), (5, "customer"), (4, "people"), (3, "people"), (1, "customer")),
    ]


def test_a_cashier_looks_for_a_name_and_not_for_the_list_of_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            dana = await manager(served, caller)
            served.site.door.rates = Rates(lambda: 0.0)
            for number in range(3):
                done = await served.shop.do(SetCustomer(name=f"Marie{number} Roy"), SYSTEM)
                assert isinstance(done, Done)

            async def search(text: str, **headers: str) -> Answer:
                return await caller.call("POST", "/api/v1/customers/search", {"text": text}, **headers)

            assert len((await search("mar")).json) == 3
            assert (await search("ma")).json == [], "two letters list everybody"
            answers = [(await search("marie")).status for _ in range(40)]
            assert answers == [200] * 28 + [429] * 12
            again = await caller.call("POST", "/fragments/customers?as=till", {"text": "roy"})
            assert again.status == 429 and int(again.headers["Retry-After"]) > 0
            assert (await search("roy", Register="2")).status == 200, "each till for itself"
            assert (await search("roy", **dana)).status == 200, "who may read all of them"
            assert {one.what for one in await looked(served)} == {"/api/v1/customers/search"}

    run(scenario())


def test_a_browser_that_makes_room_for_another_managers_is_in_the_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            for number in range(MANAGERS_LIMIT):
                served.access.sessions.begin("manager", "manager", f"desk {number}")
            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            assert given.status == 200
            rows = [(one.how, one.place, one.result) for one in await noted(served)]
            assert ("cookie", "desk 0", "ended") in rows

    run(scenario())
