"""Signing in on one's own device and in programs: by password, codes and tokens."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetFactorPolicy
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.strangers import open_to_all, stranger
from tests.contract.api.test_panel_pairing import ALWAYS, cookie_of, pair
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, run
from tests.signing_in import WATCHED, bearer, hire, log_in, noted, own_device, program, reached_by_mail, told


def test_a_strangers_phone_is_opened_by_a_password_over_tls_and_by_no_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            await hire(served)
            assert (await phone.get("/login", Register="")).status == 200
            by_pin = {"pin": "731946"}
            assert (await phone.call("POST", "/api/v1/auth/login", by_pin, Origin=phone.url)).code == "not_paired"
            assert (await phone.get("/api/v1/auth/me")).code == "not_paired"
            answer = await log_in(phone)
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith("__Host-edge-") and "HttpOnly" in cookie and "SameSite=Strict" in cookie
            assert answer.json["me"]["name"] == "Dana" and "users" in answer.json["me"]["rights"]
            own = {"Cookie": cookie_of(answer)}
            me = await phone.get("/api/v1/auth/me", **own)
            assert (me.json["id"], me.json["role"], me.json["kind"]) == ("u1", "manager", "own")
            assert (await phone.get("/manager/settings", Accept="text/html", **own)).status == 200
            assert (await phone.get("/fragments/access", **own)).status == 200
            price = {"sku": "milk", "price_minor": 130}
            assert (await phone.do("SetPrice", price, **own)).status == 200
            actor = served.shop.reader.execute("SELECT actor FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
            assert actor == ("u1",)
            till = {**own, "Surface": "cashier"}
            assert (await phone.do("AddLine", {"code": MILK}, **till)).code == "surface_not_paired", "it is no till"
            stands = await phone.call("POST", "/api/v1/sign-in", {"pin": "731946"}, **own)
            assert stands.code == "not_paired" and served.access.sessions.user("1") is None
            theirs = {"Cookie": await own_device(phone, "avi@example.org")}
            assert (await phone.do("SetPrice", price, **theirs)).code == "right_denied"
            assert (await phone.get("/manager/settings", Accept="text/html", **theirs)).status == 403
            assert (await phone.get("/account", Accept="text/html", **theirs)).status == 200
            out = await phone.call("POST", "/api/v1/auth/logout", {}, **own)
            assert out.status == 200 and (await phone.get("/api/v1/auth/me", **own)).code == "not_paired"
            led = await phone.get("/manager", Accept="text/html", **own)
            assert (led.status, led.headers["Location"]) == (303, "/login")

    run(scenario())


def test_nobody_learns_whose_an_address_is_and_guessing_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as phone:
            await hire(served)
            wrong = [await log_in(phone, email, "wrong password") for email in ("dana@example.org", "x@example.org")]
            assert {(one.status, one.code, one.message) for one in wrong} == {(401, "login_wrong", wrong[0].message)}
            for _ in range(3):
                assert (await log_in(phone, "", "wrong password")).code == "login_wrong"
            assert (await log_in(phone)).code in ("pin_wait", "too_often")
            assert [(one.user, one.how, one.result) for one in await noted(served)][-2:] == [
                ("", "password", "wrong"),
                ("u1", "password", "wrong"),
            ]
            everything = await phone.get("/metrics")
            assert "dana@example.org" not in everything.text

    run(scenario())


def test_a_pin_opens_ones_own_device_where_a_manager_let_it_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, ALWAYS) as served, calling(served) as caller:
            await hire(served)
            cookie = await pair(caller, "till", "1")
            kiosk = await pair(caller, "kiosk")
            body = {"pin": "731946"}
            assert (await caller.call("POST", "/api/v1/auth/login", body, Cookie=kiosk)).code == "not_paired"
            answer = await caller.call("POST", "/api/v1/auth/login", body, Cookie=cookie)
            assert answer.json["me"]["id"] == "u1"
            both = {"Cookie": f"{cookie}; {cookie_of(answer)}"}
            assert (await caller.get("/api/v1/auth/me", **both)).json["kind"] == "own"
            # nobody stays signed in on the shop's own machine
            assert (await caller.get("/manager/access", Accept="text/html", **both)).status == 200
            assert "data-leaves" in (await caller.get("/", Accept="text/html", **both)).text
            assert (await caller.call("POST", "/api/v1/lock", {}, **both)).status == 200, "as that page does"
            assert (await caller.get("/api/v1/auth/me", **both)).code == "not_signed_in"

    run(scenario())


def test_a_restart_asks_nobody_and_ends_what_was_ended(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            assert (await caller.call("POST", "/api/v1/sign-in", {"pin": "5903", "person": "u2"})).status == 200
            kept, ended = [{"Cookie": await own_device(caller), "Surface": "panel"} for _ in range(2)]
            tokens = await program(caller)
            managing = cookie_of(await caller.call("POST", "/api/v1/grants", {"pin": "731946"}, Surface="panel"))
            await caller.call("POST", "/api/v1/auth/logout", {}, **ended)
        async with serve(tmp_path) as served, calling(served) as caller:
            assert served.access.sessions.user("1") == "u2", "who stood at the till still does"
            assert (await caller.get("/api/v1/auth/me", **kept)).json["id"] == "u1"
            assert (await caller.get("/api/v1/auth/me", Cookie=managing)).json["kind"] == "manager"
            assert (await caller.get("/fragments/access", **ended)).status == 403
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).code == "token_wrong", (
                "keys are of a process"
            )
            more = await caller.call("POST", "/api/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
            assert (await caller.get("/api/v1/auth/me", **bearer(more.json["tokens"]))).json["kind"] == "app"

    run(scenario())


def test_a_program_asks_by_tokens_and_changes_nobodys_rights(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as app:
            await hire(served)
            await reached_by_mail(served, "u1")
            tokens = await program(app)
            assert (await app.get("/api/v1/auth/me", **bearer(tokens))).json["id"] == "u1"
            assert (await app.do("SetPrice", {"sku": "milk", "price_minor": 130}, **bearer(tokens))).status == 200
            for path in ("/manager/settings", "/fragments/access"):
                assert (await app.get(path, **bearer(tokens))).status == 403, "it is no browser"
            cannot = await app.call("POST", "/api/v1/auth/codes", {"user": "u2"}, **bearer(tokens))
            assert cannot.code == "key_cannot"
            spent = {"refresh_token": tokens["refresh_token"]}
            more = (await app.call("POST", "/api/v1/auth/refresh", spent)).json["tokens"]
            once = (await app.call("POST", "/api/v1/auth/refresh", spent)).json["tokens"]
            assert once["refresh_token"] == more["refresh_token"], "the answer was lost"
            copied = await app.call("POST", "/api/v1/auth/refresh", spent)
            assert (copied.status, copied.code) == (401, "token_copied")
            assert (await app.get("/api/v1/auth/me", **bearer(more))).code == "token_wrong"
            await noted(served)
            raised = list(WATCHED["token_copied"].read(served.shop.reader, served.shop.now_us(), ""))
            assert [one.values for one in raised] == [{"user": "u1"}], "a manager is told"
            ((subject, text),) = told(served)
            assert subject == "One of your apps was signed out" and text.startswith("a program: "), "and its person"

    run(scenario())


def test_no_other_token_opens_anything(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with (
            serve(tmp_path / "one") as served,
            calling(served) as caller,
            serve(tmp_path / "two", CONFIG.replace('id = "s1"', 'id = "s2"')) as other,
            calling(other) as elsewhere,
        ):
            await hire(served)
            await hire(other)
            mine, theirs = await program(caller), await program(elsewhere)
            head, body, signature = mine["access_token"].split(".")
            none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0"
            for token in (theirs["access_token"], f"{none}.{body}.", f"{none}.{body}.{signature}", f"{head}.{body}."):
                answer = await caller.get("/api/v1/auth/me", Authorization=f"Bearer {token}")
                assert (answer.status, answer.code) == (401, "token_wrong"), token
                assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
            refreshed = await caller.call("POST", "/api/v1/auth/refresh", {"refresh_token": theirs["refresh_token"]})
            assert refreshed.code == "token_wrong"

    run(scenario())


def test_a_clock_two_years_back_stops_tokens_and_no_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with serve(tmp_path, clock=clock) as served, calling(served) as caller:
            await hire(served)
            tokens, cookie = await program(caller), await own_device(caller)
            clock.at_us -= 2 * 365 * 86_400_000_000
            assert (await caller.do("AddLine", {"code": MILK})).status == 200
            assert (await caller.do("Pay", {"kind": "cash"})).status == 200, "selling goes on"
            assert (await caller.get("/api/v1/auth/me", **bearer(tokens))).code == "clock_suspect"
            body = {"refresh_token": tokens["refresh_token"]}
            assert (await caller.call("POST", "/api/v1/auth/refresh", body)).code == "clock_suspect"
            assert (await log_in(caller, app=True)).code == "clock_suspect"
            assert (await caller.get("/api/v1/auth/me", Cookie=cookie)).status == 200, "cookies have their own age"
            assert (await log_in(caller)).status == 200

    run(scenario())


def test_a_role_may_need_a_code_that_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await hire(served)
            assert isinstance(await served.shop.do(SetFactorPolicy("manager", "otp"), SYSTEM), Done)
            assert (await log_in(caller)).code == "factor_on_paper", "there is no way to her"
            await reached_by_mail(served, "u1")
            assert (await log_in(caller)).code == "factor_sent"
            queued = served.shop.reader.execute("SELECT person, channel, what, body FROM notify_message").fetchall()
            assert [row[:3] for row in queued] == [("u1", "email", "said")] and queued[0][3].startswith("1.")
            ((text, _),) = told(served)
            code = next(word.strip(".") for word in text.split() if word.strip(".").isdigit())
            assert (await log_in(caller, code="000000" if code != "000000" else "111111")).code == "factor_wrong"
            assert (await log_in(caller, code=code)).status == 200
            assert (await log_in(caller, code=code)).code == "factor_wrong", "once"

    run(scenario())
