"""Access rules for programs and devices: sign-in, tokens, keys, waiting times, origins, and error answers."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.calling import Answer
from tests.browser.serving import Served
from tests.signing_in import PASSWORD, hire
from tests.stranger import Stranger, stranger

MAIL = "dana@example.org"


async def _parts(served: Served) -> None:
    await hire(served)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    with stranger(tmp_path_factory.mktemp("access"), parts=_parts) as made:
        yield made


def bare(shop: Stranger, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Send a request that names no register."""
    return shop.plain(method, f"/api/v1/{path}", body, **{"Register": "", **headers})


def log_in(shop: Stranger, **more: Any) -> Answer:
    body = {"email": MAIL, "password": PASSWORD, **more}
    return bare(shop, "POST", "auth/login", body, Origin=shop.caller.url)


def tokens(shop: Stranger) -> dict[str, Any]:
    answer = log_in(shop, app=True, label="erp")
    assert answer.status == 200, answer.text
    return dict(answer.json["tokens"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_device_of_ones_own_has_a_cookie_that_no_script_reads(shop: Stranger) -> None:
    answer = log_in(shop)
    assert {"id", "name", "role", "rights"} <= set(answer.json["me"])
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert cookie.startswith("edge-") and "-local=" in cookie.partition(";")[0] + ";", "in clear, this machine alone"
    mine = {"Cookie": cookie.partition(";")[0], "Origin": shop.caller.url}
    assert bare(shop, "GET", "auth/me", **mine).json["id"] == "u1"
    without = bare(shop, "POST", "auth/logout", {}, Cookie=mine["Cookie"])
    assert bare(shop, "GET", "auth/me", **mine).status in (200, 401) and without.status in (200, 403)
    assert bare(shop, "POST", "auth/logout", {}, **mine).status == 200
    assert bare(shop, "GET", "auth/me", **mine).status == 401


def test_tokens_name_person_and_session_alone(shop: Stranger) -> None:
    found = tokens(shop)
    assert found["expires_in"] == 15 * 60
    head, claims, _ = found["access_token"].split(".")
    said = json.loads(base64.urlsafe_b64decode(head + "=="))
    assert (said["alg"], said["typ"]) == ("EdDSA", "at+jwt") and said["kid"] and set(said) == {"alg", "typ", "kid"}
    who = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert {"iss", "aud", "sub", "sid", "iat", "exp"} == set(who) and who["sub"] == "u1"
    assert bare(shop, "GET", "auth/me", **bearer(found["access_token"])).json["kind"] == "app"
    assert bare(shop, "GET", "stock/milk", **bearer(found["access_token"])).status == 200, "no register is asked for"


def test_tokens_of_other_makes_are_none(shop: Stranger) -> None:
    head, claims, sign = tokens(shop)["access_token"].split(".")

    def part(**fields: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    mine = json.loads(base64.urlsafe_b64decode(head + "=="))
    for made in (
        part(alg="none", typ="at+jwt") + f".{claims}.",
        part(alg="none", typ="at+jwt") + f".{claims}.{sign}",
        part(**{**mine, "alg": "HS256"}) + f".{claims}.{sign}",
        part(**{**mine, "typ": "JWT"}) + f".{claims}.{sign}",
        part(**mine, crit=["exp"]) + f".{claims}.{sign}",
        part(**mine, jku="https://evil.example") + f".{claims}.{sign}",
        f"{head}.{claims}.{sign[:-6]}AAAAAA",
        f"{head}.{claims}",
        "nothing",
    ):
        answer = bare(shop, "GET", "auth/me", **bearer(made))
        assert (answer.status, answer.json["status"]) == (401, 401), made[:40]
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_refresh_token_is_good_once_and_a_copy_ends_its_family(shop: Stranger) -> None:
    first = tokens(shop)["refresh_token"]
    one, again = (bare(shop, "POST", "auth/refresh", {"refresh_token": first}).json["tokens"] for _ in range(2))
    assert one["refresh_token"] == again["refresh_token"], "an answer that was lost comes again"
    shop.clock.advance(31)
    copied = bare(shop, "POST", "auth/refresh", {"refresh_token": first})
    assert (copied.status, copied.code) == (401, "token_copied")
    assert bare(shop, "POST", "auth/refresh", {"refresh_token": one["refresh_token"]}).status == 401
    assert bare(shop, "GET", "auth/me", **bearer(one["access_token"])).status == 401


def test_an_access_token_lasts_fifteen_minutes(shop: Stranger) -> None:
    token = bearer(tokens(shop)["access_token"])
    shop.clock.advance(14 * 60)
    assert bare(shop, "GET", "auth/me", **token).status == 200
    shop.clock.advance(2 * 60 + 1)
    assert bare(shop, "GET", "auth/me", **token).status == 401


def test_a_key_has_its_rights_ends_and_is_revoked_at_once(shop: Stranger) -> None:
    made = shop.post("keys", {"name": "erp", "rights": ["stock"]})["key"]
    assert made["bearer"].startswith("edge_")
    (kept,) = (one for one in shop.get("keys")["keys"] if one["id"] == made["id"])
    assert "bearer" not in kept and {"name", "rights", "register", "ends_us", "used_us"} <= set(kept)
    days = (kept["ends_us"] - kept["made_us"]) // 86_400_000_000
    assert days == 90
    mine = bearer(made["bearer"])
    at_one = {**mine, "Register": "1"}
    assert bare(shop, "GET", "stock/milk", **mine).status == 200
    assert bare(shop, "GET", "suppliers", **mine).status == 403
    assert bare(shop, "POST", "keys", {"name": "more", "rights": ["stock"]}, **at_one).status == 403
    sells = bearer(shop.post("keys", {"name": "till", "rights": ["sell"]})["key"]["bearer"])
    whose = bare(shop, "GET", "queries/basket", **sells)
    assert (whose.status, whose.code) == (400, "register_missing"), "another's basket is never told as one's own"
    assert bare(shop, "GET", "queries/product?sku=milk", **sells).status == 200
    moved = {"sku": "milk", "type": "IN", "units": 1_000}
    nowhere = bare(shop, "POST", "stock/movement", moved, **mine)
    assert (nowhere.status, nowhere.code) == (400, "register_missing"), "what is done is done at one"
    assert bare(shop, "POST", "stock/movement", moved, **{**mine, "Register": "2"}).status == 200
    assert shop.ask("DELETE", f"keys/{made['id']}").status == 200
    assert bare(shop, "GET", "stock/milk", **mine).status == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x", "rights": ["stock"], "days": 366}, 400),
        ({"name": "x", "rights": ["fly"]}, 422),
        ({"name": "x", "rights": ["stock"], "register": "9"}, 422),
        ({"rights": ["stock"]}, 400),
    ],
)
def test_keys_that_cannot_be(shop: Stranger, body: dict[str, Any], status: int) -> None:
    answer = shop.ask("POST", "keys", body)
    assert (answer.status, answer.json["status"]) in ((status, status), (400, 400)), answer.text


def test_no_origin_is_let_in_by_itself(shop: Stranger) -> None:
    answer = shop.plain("GET", "/api/v1/stock", Origin="https://evil.example", **shop.grant)
    assert "Access-Control-Allow-Origin" not in answer.headers
    page = shop.plain("GET", "/manager", **shop.grant)
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    assert "camera=(self)" in page.headers["Permissions-Policy"]


FAULTS = (
    ("GET", "nothing/here", None, {}, 404),
    ("DELETE", "stock", None, {}, 405),
    ("POST", "stock/movement", b"{}", {"Content-Type": "text/plain"}, 415),
    ("POST", "stock/movement", b"{bad", {}, 400),
    ("POST", "stock/movement", b"[1]", {}, 400),
    ("POST", "stock/movement", b"[" * 100_000, {}, 400),
    ("GET", "stock/milk", None, {"Register": "99", "Grant": ""}, 400),
    ("GET", "stock/milk", None, {"Grant": ""}, 403),
)


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), FAULTS)
def test_what_is_no_success_has_one_form(
    shop: Stranger, method: str, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    answer = shop.ask(method, path, body, **headers)
    assert answer.status == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json) and answer.json["status"] == status


def test_a_refusal_is_said_in_the_language_that_is_asked_for(shop: Stranger) -> None:
    said = {
        language: shop.ask("GET", "stock/nothing", Accept_Language=language).json["detail"]
        for language in ("en", "fr", "he")
    }
    assert len(set(said.values())) == 3 and any("\u0590" <= letter <= "\u05ff" for letter in said["he"])


def test_what_a_client_has_is_not_sent_again_and_what_changed_is_not_overwritten(shop: Stranger) -> None:
    answer = shop.ask("GET", "products/milk")
    tag = answer.headers["Etag"]
    assert shop.ask("GET", "products/milk", If_None_Match=tag).status == 304
    late = shop.ask("PATCH", "products/milk", {"price_minor": 130}, If_Match='"0"')
    assert (late.status, late.json["status"]) == (412, 412)
    assert shop.get("products/milk") == answer.json


def test_wrong_guesses_are_told_and_then_have_to_wait(shop: Stranger) -> None:
    answers = [log_in(shop, password="wrong word here") for _ in range(6)]
    assert [one.status for one in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    right = log_in(shop)
    assert right.status == 429, "a try during a wait is not compared"
    # the list is written after the answers
    told = shop.until("auth/logins", lambda one: [row["result"] for row in one["logins"][:5]] == ["wrong"] * 5)
    assert {"at_us", "user", "how", "place", "result"} <= set(told["logins"][0])
