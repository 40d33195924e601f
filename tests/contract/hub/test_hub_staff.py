"""People at head office: they work for one tenant at a time, and switching is recorded."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from typing import Any

import pytest
from pyotp import TOTP

from edge.__main__ import main
from sync.hub.api import keys, limits
from sync.hub.api import staff as people
from tests.contract.hub.test_hub_api import PRICES, Client, House, an_api

PASSWORD = "correct horse battery staple"
DANA = "dana@example.com"
PRICES_PATH = "/v1/stores/corner/directives"
DIRECTIVE = {"kind": "prices", "body": PRICES}


async def staff(dsn: str, *words: str) -> int:
    return await asyncio.to_thread(main, ["hub", "--no-tls", "--database", dsn, "staff", *words])


async def hire(dsn: str, monkeypatch: pytest.MonkeyPatch, **roles: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(PASSWORD + "\n"))
    assert await staff(dsn, "set", "Dana@example.com") == 0
    for tenant, role in roles.items():
        assert await staff(dsn, "join", DANA, tenant, "--role", role) == 0


async def post(house: House, path: str, body: Any, token: str = "") -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with house.session.post(house.base + path, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def sign_in(house: House, password: str = PASSWORD, **more: str) -> tuple[int, Any]:
    return await post(house, "/v1/sign-in", {"email": DANA, "password": password, **more})


def test_a_token_holds_one_tenant_and_switching_ends_it_and_is_written_down(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="editor", other="viewer")
            status, first = await sign_in(house, tenant="acme")
            assert (status, first["tenant"]) == (200, "acme")
            assert [one["tenant"] for one in first["memberships"]] == ["acme", "other"]
            dana = Client(house.session, house.base, first["token"])
            assert (await dana.get("/v1/me"))[1]["may"] == ["read", "publish"]
            assert (await dana.get("/v1/devices"))[0] == 200
            assert (await post(house, PRICES_PATH, DIRECTIVE, first["token"]))[0] == 201
            assert (await post(house, "/v1/switch", {"tenant": "nobodys"}, first["token"]))[0] == 403
            status, second = await post(house, "/v1/switch", {"tenant": "other"}, first["token"])
            assert (status, second["tenant"], second["expires_at"]) == (200, "other", first["expires_at"])
            assert (await post(house, "/v1/switch", {"tenant": "other"}, second["token"]))[0] == 409
            assert (await dana.get("/v1/devices"))[0] == 401, "the token before is over"
            assert (await post(house, PRICES_PATH, DIRECTIVE, second["token"]))[0] == 403, "a viewer publishes nothing"
            assert (await post(house, "/v1/sign-out", {}, second["token"]))[0] == 200
            assert (await post(house, "/v1/switch", {"tenant": "acme"}, second["token"]))[0] == 401
            found = await house.owner.fetch("SELECT what, of_tenant, before FROM staff_log ORDER BY id")
            assert [tuple(row) for row in found] == [
                ("signed_in", "acme", ""),
                ("switched", "other", "acme"),
                ("signed_out", "", "other"),
            ]
            kept = await house.owner.fetch("SELECT * FROM staff"), await house.owner.fetch("SELECT * FROM staff_token")
            assert PASSWORD not in str(kept) and second["token"] not in str(kept)

    asyncio.run(scenario())
    assert PASSWORD not in capsys.readouterr().out


def test_what_somebody_may_is_looked_up_at_each_request(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            _, token = await sign_in(house)
            for role, may in (("owner", 201), ("viewer", 403)):
                assert await staff(database, "join", DANA, "acme", "--role", role) == 0
                assert (await post(house, PRICES_PATH, DIRECTIVE, token["token"]))[0] == may
            assert await staff(database, "join", DANA, "acme", "--role", "editor", "--store", "far") == 0
            assert (await post(house, PRICES_PATH, DIRECTIVE, token["token"]))[0] == 403, "another store"
            assert await staff(database, "leave", DANA, "acme") == 0
            assert (await post(house, PRICES_PATH, DIRECTIVE, token["token"]))[0] == 401
            assert (await sign_in(house))[0] == 401, "who belongs nowhere is let in nowhere"

    asyncio.run(scenario())


def test_guessing_is_slow_and_tells_nobody_who_there_is(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="viewer")
            wrong = [await sign_in(house, "wrong") for _ in range(4)]
            both = await asyncio.gather(*(sign_in(house, "wrong") for _ in range(2)))
            assert sorted(answer[0] for answer in both) == [401, 429], "of two at once, the second waits for the first"
            unknown = await post(house, "/v1/sign-in", {"email": "x@example.com", "password": "wrong"})
            assert {answer[0] for answer in wrong} == {401} and unknown == wrong[0]
            waits = await sign_in(house)
            assert waits[0] == 429, "the right one is not compared either, for a while"
            nobody = {"email": "X@example.com ", "password": "wrong"}
            for _ in range(3):
                assert await post(house, "/v1/sign-in", nobody) == wrong[0]
            both = await asyncio.gather(*(post(house, "/v1/sign-in", nobody) for _ in range(2)))
            assert sorted(answer[0] for answer in both) == [401, 429], "nor does the wait tell whose an address is"
            await house.owner.execute("UPDATE staff SET wait_until = '-infinity'")
            assert (await sign_in(house))[0] == 200
            assert await house.owner.fetchval("SELECT wrong FROM staff") == 0
            for body in ({}, {"email": DANA}, {"email": DANA, "password": ["x"]}, {"email": "\0", "password": "x"}):
                assert (await post(house, "/v1/sign-in", body))[0] == 400
            monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
            assert await staff(database, "set", DANA) == 1

    asyncio.run(scenario())


def test_another_password_ends_all_tokens_and_a_key_is_no_person(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="viewer")
            _, token = await sign_in(house)
            dana = Client(house.session, house.base, token["token"])
            assert (await dana.get("/v1/me"))[0] == 200
            await hire(database, monkeypatch)
            assert (await dana.get("/v1/me"))[0] == 401
            _, secret = await keys.add(house.owner, "acme", "till", ["read"])
            assert (await Client(house.session, house.base, secret).get("/v1/me"))[0] == 403
            assert (await post(house, "/v1/switch", {"tenant": "acme"}, secret))[0] == 403
            assert await staff(database, "remove", DANA) == 0
            assert (await sign_in(house))[0] == 401

    asyncio.run(scenario())


def test_a_second_factor_is_asked_for_from_its_first_right_code_on(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner")
            _, signed = await sign_in(house)
            token, proof = signed["token"], {"password": PASSWORD}
            assert (await post(house, "/v1/factor", {"password": "wrong"}, token))[0] == 403
            status, begun = await post(house, "/v1/factor", proof, token)
            assert status == 200 and begun["address"].startswith("otpauth://totp/")
            phone = TOTP(begun["secret"])
            assert (await sign_in(house))[0] == 200, "not yet"
            assert (await post(house, "/v1/factor/confirm", proof | {"code": "x"}, token))[0] == 403
            as_shown = f"{(now := phone.now())[:3]} {now[3:]}"
            _, kept = await post(house, "/v1/factor/confirm", proof | {"code": as_shown}, token)
            codes = kept["recovery_codes"]
            assert len(set(codes)) == 10
            assert (await sign_in(house))[1]["title"] == "Code wanted"
            assert (await sign_in(house, "wrong", code=codes[0]))[0] == 401
            assert (await sign_in(house, code="000000"))[0] == 401
            assert (await sign_in(house, code=codes[0].lower()))[0] == 200
            assert (await sign_in(house, code=codes[0]))[0] == 401, "once"
            assert (await post(house, "/v1/factor", proof, token))[0] == 403, "a second needs the first"
            await house.owner.execute("UPDATE staff_factor SET last_step = 0")
            code = phone.now()
            assert (await sign_in(house, code=code))[0] == 200
            assert (await sign_in(house, code=code))[0] == 401, "a step opens once"
            said = str(await house.owner.fetch("SELECT * FROM staff_factor"))
            assert begun["secret"] not in said and codes[1] not in said
            assert (await post(house, "/v1/factor/drop", proof | {"code": codes[2]}, token))[0] == 200
            assert (await sign_in(house))[0] == 200
            found = await house.owner.fetch("SELECT what FROM staff_log WHERE what LIKE 'factor%' ORDER BY id")
            assert [row["what"] for row in found] == ["factor_set", "factor_dropped"]

    asyncio.run(scenario())


def test_who_may_do_what_in_shops_is_said_by_those_with_a_second_factor_alone(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="owner", other="owner")
            _, signed = await sign_in(house, tenant="acme")
            token, proof = signed["token"], {"password": PASSWORD}
            dana = Client(house.session, house.base, token)
            assert (await dana.get("/v1/me"))[1]["may"] == ["read", "publish", "approve"]
            _, begun = await post(house, "/v1/factor", proof, token)
            code = TOTP(begun["secret"]).now()
            assert (await post(house, "/v1/factor/confirm", proof | {"code": code}, token))[0] == 200
            may = (await dana.get("/v1/me"))[1]["may"]
            assert may == ["read", "publish", "approve"], "it was made by a password alone"
            await house.owner.execute("UPDATE staff_factor SET last_step = 0")
            _, signed = await sign_in(house, tenant="acme", code=TOTP(begun["secret"]).now())
            dana = Client(house.session, house.base, signed["token"])
            assert {"publish:users", "support"} <= set((await dana.get("/v1/me"))[1]["may"])
            _, switched = await post(house, "/v1/switch", {"tenant": "other"}, signed["token"])
            dana = Client(house.session, house.base, switched["token"])
            assert "publish:users" in (await dana.get("/v1/me"))[1]["may"], "so is another tenant's in its place"
            assert await staff(database, "drop-factor", DANA) == 0, "their phone is lost"
            assert (await dana.get("/v1/me"))[1]["may"] == ["read", "publish", "approve"]
            assert (await sign_in(house))[0] == 200

    asyncio.run(scenario())


def test_who_signs_in_slowly_or_much_holds_up_no_key(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = threading.Event()

    def slowly(_hashed: str, _password: str) -> bool:
        return not compared.wait(60)

    async def scenario() -> None:
        monkeypatch.setattr(people, "_matches", slowly)
        async with an_api(database) as house:
            host, _, port = house.base.removeprefix("http://").partition(":")
            head = b"POST /v1/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
            slow = [await asyncio.open_connection(host, int(port)) for _ in range(2 * limits.SIGNING_IN)]
            for _, writer in slow:
                writer.write(head)
            people_who_try = [{"email": f"x{n}@example.com", "password": "wrong"} for n in range(8)]
            tries = [asyncio.create_task(post(house, "/v1/sign-in", one)) for one in people_who_try]
            async with asyncio.timeout(30):
                for _ in range(10):
                    assert (await (await house.client("acme")).get("/v1/devices"))[0] == 200
            assert not any(one.done() for one in tries)
            compared.set()
            assert {status for status, _ in await asyncio.gather(*tries)} == {401}
            for _, writer in slow:
                writer.close()

    try:
        asyncio.run(scenario())
    finally:
        compared.set()


def test_wrong_codes_are_counted_with_wrong_passwords(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with an_api(database) as house:
            await hire(database, monkeypatch, acme="viewer")
            _, signed = await sign_in(house)
            proof = {"password": PASSWORD}
            _, begun = await post(house, "/v1/factor", proof, signed["token"])
            code = TOTP(begun["secret"]).now()
            await post(house, "/v1/factor/confirm", proof | {"code": code}, signed["token"])
            for _ in range(5):
                assert (await sign_in(house, code="000000"))[0] == 401
            assert (await sign_in(house, code="000000"))[0] == 429
            assert (await post(house, "/v1/factor/drop", proof, signed["token"]))[0] == 403

    asyncio.run(scenario())
