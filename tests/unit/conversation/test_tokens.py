"""Tokens of programs: exactly one form is taken, and a copied refresh token ends all of its family."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refused
from edge.foundation.access.browsers.session import LASTING
from edge.foundation.access.browsers.sessions import Sessions
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.logs.login_log import LoginLog, read_logins
from edge.foundation.access.programs.refresh_tokens import FORGIVEN_US, Refreshing, Tokens
from edge.foundation.access.programs.token import CLOCK_S, ROTATED_US, TOKEN_S, Claims, TokenKeys
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

NOW_US = 1_800_000_000_000_000
HERE, THERE = "192.168.1.0/24", "192.168.2.0/24"


def keys(mono: list[int] | None = None) -> TokenKeys:
    mono = mono or [0]
    return TokenKeys(("acme", "s1"), "box1", lambda: mono[0])


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")


def resigned(made: TokenKeys, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token as whoever had the key would write it, with any header and any claims."""
    kid = next(iter(made._keys))
    signed = f"{encoded({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid} | header)}.{encoded(claims)}"
    signature = made._keys[kid].private.sign(signed.encode())
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def claims_of(made: TokenKeys, **other: Any) -> dict[str, Any]:
    now_s = NOW_US // 1_000_000
    said = {"iss": made.issuer, "aud": made.audience, "sub": "u1", "sid": "5" * 16, "iat": now_s, "exp": now_s + 60}
    return {**said, **other}


def test_a_token_says_who_and_in_which_session_and_nothing_more() -> None:
    made = keys()
    token = made.issue("u1", "5" * 16, NOW_US)
    assert made.read(token, NOW_US) == Claims(
        "acme/s1/box1", "acme/s1", "u1", "5" * 16, *(NOW_US // 10**6 + s for s in (0, TOKEN_S))
    )
    assert jwt.get_unverified_header(token).keys() == {"alg", "typ", "kid"}
    assert made.read(resigned(made, {}, claims_of(made)), NOW_US) is not None, "the forger below is one"


HEADERS: tuple[dict[str, Any], ...] = (
    {"alg": "none"},
    {"alg": "HS256"},
    {"alg": "Ed25519"},
    {"alg": "eddsa"},
    {"typ": "JWT"},
    {"typ": "AT+JWT"},
    {"kid": "another"},
    {"kid": "../../key"},
    {"kid": "x" * 33},
    {"kid": 1},
    {"crit": ["exp"]},
    {"jwk": {"kty": "OKP"}},
    {"jku": "https://example.org/keys"},
    {"x5c": ["MIIB"]},
    {"x5u": "https://example.org"},
    {"zip": "DEF"},
    {"b64": False},
    {"cty": "JWT"},
)


@pytest.mark.parametrize("header", HEADERS, ids=str)
def test_any_other_header_is_refused_though_it_is_signed_rightly(header: dict[str, Any]) -> None:
    made = keys()
    made.issue("u1", "5" * 16, NOW_US)
    assert made.read(resigned(made, header, claims_of(made)), NOW_US) is None


CLAIMS: tuple[dict[str, Any], ...] = (
    {"aud": "acme/s2"},
    {"aud": ["acme/s1"]},
    {"aud": "acme/s1/"},
    {"aud": "ACME/s1"},
    {"iss": "acme/s1/box2"},
    {"iss": "acme/s1"},
    {"exp": NOW_US // 10**6 - CLOCK_S},
    {"iat": NOW_US // 10**6 + CLOCK_S + 1},
    {"exp": "never"},
    {"admin": True},
    {"sub": None},
)


@pytest.mark.parametrize("other", CLAIMS, ids=str)
def test_another_shop_another_time_or_one_word_more_is_refused(other: dict[str, Any]) -> None:
    made = keys()
    made.issue("u1", "5" * 16, NOW_US)
    assert made.read(resigned(made, {}, claims_of(made, **other)), NOW_US) is None


def test_what_is_no_token_is_none() -> None:
    made = keys()
    token = made.issue("u1", "5" * 16, NOW_US)
    head, body, signature = token.split(".")
    none = f"{encoded({'alg': 'none', 'typ': 'at+jwt', 'kid': 'a'})}.{body}."
    stranger = jwt.encode(
        claims_of(made), Ed25519PrivateKey.generate(), "EdDSA", headers={"typ": "at+jwt", "kid": next(iter(made._keys))}
    )
    another = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    json = msgspec.json.encode(
        {"payload": body, "signatures": [{"protected": head, "signature": signature}] * 2}
    ).decode()
    texts = (
        "",
        ".",
        "..",
        "a.b.c",
        none,
        f"{head}.{body}",
        f"{token}.{signature}",
        f"{token}=",
        stranger,
        another,
        json,
        "x" * 9_999,
        "é.é.é",
    )
    for text in (*texts, token.replace(".", " ."), f"{head}.{body}.{'A' * 86}"):
        assert made.read(text, NOW_US) is None, text
    assert keys().read(token, NOW_US) is None, "another process has other keys"
    two_years_us = 2 * 365 * 86_400_000_000
    assert made.read(token, NOW_US - two_years_us) is None and made.read(token, NOW_US + two_years_us) is None


def test_keys_rotate_and_the_old_one_verifies_until_its_last_token_ends() -> None:
    mono = [0]
    made = keys(mono)
    first = made.issue("u1", "5" * 16, NOW_US)
    mono[0] = ROTATED_US - 1
    assert made.read(first, NOW_US) and len({header(made.issue("u1", "5" * 16, NOW_US)), header(first)}) == 1
    mono[0] = ROTATED_US
    second = made.issue("u1", "5" * 16, NOW_US)
    assert header(second) != header(first) and made.read(first, NOW_US) and made.read(second, NOW_US)
    mono[0] = ROTATED_US + (TOKEN_S + 2 * CLOCK_S) * 1_000_000
    assert made.read(first, NOW_US) is None and made.read(second, NOW_US)


def header(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class Shop(msgspec.Struct):
    clock: FakeClock
    bus: CommandBus
    sessions: Sessions
    log: LoginLog
    refreshing: Refreshing

    async def begin(self) -> Tokens:
        begun = self.sessions.begin("app", "u1", "phone")
        tokens = await self.refreshing.begin(begun.session, begun.secret)
        assert isinstance(tokens, Tokens)
        return tokens

    async def next(self, tokens: Tokens, client: str = HERE) -> Tokens | str:
        answer = await self.refreshing.refresh(tokens.refresh_token, client)
        return answer.code if isinstance(answer, Refused) else answer


@asynccontextmanager
async def shop_of(folder: Path, change: Callable[[FakeClock], None] = lambda clock: None) -> AsyncIterator[Shop]:
    clock = FakeClock(NOW_US)
    async with open_shop(folder, clock, stocked=False) as bus:
        assert isinstance(await bus.do(SetUser("u1", "Dana", "manager", hash_pin("1234")), SYSTEM), Done)
        log = LoginLog(bus)
        sessions = Sessions(bus, lambda: 0, lambda: clock.mono_us)
        made = TokenKeys(("acme", "s1"), "box1", lambda: clock.mono_us)
        yield Shop(clock, bus, sessions, log, Refreshing(bus, sessions, made, log))
        await sessions.stop()
        await log.stop()


def test_each_refresh_token_is_used_once_for_the_next(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop_of(tmp_path) as shop:
            tokens = [await shop.begin()]
            for _ in range(5):
                shop.clock.advance(60)
                made = await shop.next(tokens[-1])
                assert isinstance(made, Tokens) and made.refresh_token not in {one.refresh_token for one in tokens}
                asker = await shop.refreshing.asker(made.access_token)
                assert not isinstance(asker, Refused) and asker.user == "u1"
                tokens.append(made)
            assert await shop.next(tokens[0]) == "token_copied", "long spent: there are two of them"
            assert await shop.next(tokens[-1]) == "token_wrong", "nobody goes on with it"
            assert isinstance(await shop.refreshing.asker(tokens[-1].access_token), Refused)
            await shop.log.stop()
            assert [(one.user, one.how, one.result) for one in read_logins(shop.bus.reader)] == [
                ("u1", "token", "copied")
            ]

    run(scenario())


def test_a_token_that_was_never_given_ends_nothing(tmp_path: Path) -> None:
    """The session's id stands in every access token: who knows that alone throws no one out."""

    async def scenario() -> None:
        async with shop_of(tmp_path) as shop:
            tokens = await shop.begin()
            for _ in range(3):
                start, _, secret = tokens.refresh_token.rpartition("_")
                for made_up in ("0" * 64, secret[:-1] + ("0" if secret[-1] != "0" else "1")):
                    bogus = Tokens("", f"{start}_{made_up}")
                    assert await shop.next(bogus) == "token_wrong"
                shop.clock.advance(60)
                following = await shop.next(tokens)
                assert isinstance(following, Tokens), "nobody was thrown out"
                tokens = following
            assert read_logins(shop.bus.reader) == []

    run(scenario())


def test_whoever_lost_the_answer_gets_the_same_once_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop_of(tmp_path) as shop:
            first = await shop.begin()
            second = await shop.next(first)
            shop.clock.advance(FORGIVEN_US / 1e6 - 1)
            again = await shop.next(first)
            assert isinstance(second, Tokens) and isinstance(again, Tokens)
            assert again.refresh_token == second.refresh_token
            assert await shop.next(first) == "token_copied", "once"

            first = await shop.begin()
            await shop.next(first)
            assert await shop.next(first, THERE) == "token_copied", "from where it was lost"

            first = await shop.begin()
            await shop.next(first)
            shop.clock.advance(FORGIVEN_US / 1e6)
            assert await shop.next(first) == "token_copied", "soon"

            first = await shop.begin()
            second = await shop.next(first)
            assert isinstance(second, Tokens) and isinstance(await shop.next(second), Tokens)
            assert await shop.next(first) == "token_copied", "until the next was used"

    run(scenario())


def test_a_family_ends_after_ninety_days_however_it_is_refreshed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop_of(tmp_path) as shop:
            tokens, week_s = await shop.begin(), 7 * 86_400
            for _ in range(LASTING["app"].most_us // (week_s * 1_000_000)):
                shop.clock.advance(week_s)
                made = await shop.next(tokens)
                assert isinstance(made, Tokens)
                tokens = made
            shop.clock.advance(week_s)
            assert await shop.next(tokens) == "token_wrong"
            for text in ("", "edger_", tokens.refresh_token + "0", "edger_" + "0" * 16 + "_" + "0" * 64):
                assert (await shop.refreshing.refresh(text, HERE)) == Refused("token_wrong")

    run(scenario())


def test_while_the_clock_is_doubted_no_token_is_taken_or_given(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with shop_of(tmp_path) as shop:
            tokens = await shop.begin()
            shop.clock.at_us -= 2 * 365 * 86_400_000_000
            assert isinstance(await shop.bus.do(SetUser("u2", "Avi", "cashier", hash_pin("4321")), SYSTEM), Done)
            assert await shop.refreshing.asker(tokens.access_token) == Refused("clock_suspect")
            assert await shop.next(tokens) == "clock_suspect"
            begun = shop.sessions.begin("app", "u1")
            assert await shop.refreshing.begin(begun.session, begun.secret) == Refused("clock_suspect")
            assert shop.sessions.begin("own", "u1").session.user == "u1", "cookies go on"

    run(scenario())
