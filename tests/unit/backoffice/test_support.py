"""Support: what head office asks goes only with confirmation to what was shown, in time, and says nothing of anyone."""

from __future__ import annotations

import zlib
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.directives.kinds import KINDS
from edge.backoffice.support.commands import AgreeSupport, AllowSupport, AskSupport, DeclineSupport, EndSupport
from edge.backoffice.support.events import SupportAgreed, SupportAsked, SupportSent
from edge.backoffice.support.head_office_messages import ANSWER_BYTES, PIECE_BYTES, encode, piece_of, pieces_of
from edge.backoffice.support.masking import HIDDEN, mask_answer, mask_text
from edge.backoffice.support.queries import open_cases, support_case
from edge.backoffice.support.watches import WATCHES
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.foundation.settings.commands import SetSetting
from sync import directive_sealing
from sync.hub.api.support_api import open_answer
from tests.shop_fixture import CONFIG, SYSTEM, done, open_shop, run

CASE, DIGEST, KEY = "a" * 32, "b" * 64, directive_sealing.new_key()
FAR_US = 2**53


def asked(case: str = CASE, until_us: int = FAR_US) -> AskSupport:
    return AskSupport(case, "check", "Why is it slow?", "person-3", until_us, directive_sealing.public_of(KEY))


def test_a_confirmation_is_to_what_was_shown_and_a_case_ends_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            found = await done(shop, asked(), SYSTEM)
            (said,) = found.events
            assert isinstance(said, SupportAsked) and said.until_us < FAR_US, "72 hours at most"
            assert (await done(shop, asked(), SYSTEM)).events == (), "the same again"
            (waits,) = WATCHES[0].read(shop.reader, 0, "")
            assert waits.values == {"count": 1}
            assert (await done(shop, EndSupport(CASE), SYSTEM)).events == (), "its time is not over"
            assert (await done(shop, EndSupport(CASE, 9, DIGEST), SYSTEM)).events == (), "nobody said yes"
            await done(shop, AgreeSupport(CASE, DIGEST), SYSTEM)
            assert await shop.do(DeclineSupport(CASE), SYSTEM) == Refused("support_decided", {})
            assert (await done(shop, EndSupport(CASE, 9, DIGEST), SYSTEM)).events == (SupportSent(CASE, 9, DIGEST),)
            case = support_case(shop.reader, CASE)
            assert case is not None and (case.state, case.size_bytes) == ("sent", 9)
            assert open_cases(shop.reader) == []
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_leave_says_yes_by_itself_until_it_is_over_and_what_is_late_is_not_taken(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            assert await shop.do(asked(until_us=1), SYSTEM) == Refused("support_over", {})
            await done(shop, AllowSupport(4), SYSTEM)
            assert (await done(shop, asked(), SYSTEM)).events[1:] == (SupportAgreed(CASE, "", by_leave=True),)
            await done(shop, AllowSupport(0), SYSTEM)
            assert (await done(shop, AllowSupport(0), SYSTEM)).events == ()
            other = "c" * 32
            assert len((await done(shop, asked(other), SYSTEM)).events) == 1
            await done(shop, DeclineSupport(other), SYSTEM)
            assert await shop.do(AgreeSupport(other, DIGEST), SYSTEM) == Refused("support_decided", {})

    run(scenario())


def test_config_toml_lets_all_go_without_a_yes_and_only_where_it_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=f"{CONFIG}[support]\nallow = true\n") as shop:
            assert (await done(shop, asked(), SYSTEM)).events[1:] == (SupportAgreed(CASE, "", by_leave=True),)
            assert list(WATCHES[0].read(shop.reader, 0, "")) == [], "nobody is waited for"
            wrong = await shop.do(SetSetting("support.allow", True), SYSTEM)
            assert isinstance(wrong, Refused) and wrong.code == "setting_unknown", "head office gives itself no leave"

    run(scenario())


@pytest.mark.parametrize(
    "line",
    [
        "mail to dana.levi+shop@example.co.il failed",
        "called +972 54-123-4567 twice",
        "card 4111 1111 1111 1111 refused",
        "printer at 192.168.1.20 is gone",
        "hash $argon2id$v=19$m=65536$abc was set",
        "Authorization: Bearer abcdef123456",
        "key edge_9f8s7df9s8d7f9s8d7f wrong",
        "amqp://shop:hunter22@broker",
        "password=hunter22",
        "digest 0123456789abcdef0123456789abcdef",
        "the word Sesame-77 stands there",
    ],
)
def test_no_line_says_anything_of_a_person_or_a_key(line: str) -> None:
    said = mask_text(line, ("Sesame-77",))
    assert HIDDEN in said
    for gone in ("dana", "123-4567", "1111", "192.168", "argon2", "abcdef", "9f8s7", "hunter22", "Sesame"):
        assert gone not in said


def test_moments_counts_and_versions_stay() -> None:
    line = "2026-11-24T20:15:03.123456Z part printer lost 3 times, 512 MiB free, version 1.2.3"
    assert mask_text(line) == line


def test_an_answer_of_large_numbers_is_masked_and_still_read() -> None:
    said = {"rows": 123_456_789, "log": ["called +972 54-123-4567", {"Sesame-77": [1_000_000, None, True]}]}
    masked = mask_answer(said, ("Sesame-77",))
    assert masked == {"rows": 123_456_789, "log": [f"called {HIDDEN}", {HIDDEN: [1_000_000, None, True]}]}
    assert msgspec.json.decode(msgspec.json.encode(masked)) == masked


def test_an_answer_goes_in_pieces_and_is_read_by_whoever_asked_alone() -> None:
    text = b'{"checks": []}' * 20_000
    sealed = directive_sealing.seal(
        zlib.compress(text, 0), "demo", "corner", f"support {CASE}", [directive_sealing.public_of(KEY)]
    )
    pieces = [piece_of(encode(piece)) for piece in pieces_of(CASE, sealed)]
    assert len(pieces) == -(-len(sealed) // PIECE_BYTES) > 1
    rows = [{"n": piece.n, "of_pieces": piece.of, "body": piece.data} for piece in pieces]
    assert open_answer("demo", "corner", CASE, KEY, rows) == text
    assert open_answer("demo", "corner", CASE, KEY, rows[1:]) is None, "not whole"
    assert open_answer("demo", "north", CASE, KEY, rows) is None, "another store's"
    assert open_answer("demo", "corner", "d" * 32, KEY, rows) is None, "another case's"
    assert open_answer("demo", "corner", CASE, directive_sealing.new_key(), rows) is None
    with pytest.raises(ValueError, match="the limit is"):
        pieces_of(CASE, bytes(ANSWER_BYTES + 1))


def test_the_directive_is_for_its_own_address_alone() -> None:
    kind = KINDS["support"]
    assert kind.guarded
    assert kind.fault(b'{"asks": [{"case": "x"}]}')


@pytest.mark.parametrize(
    "secret",
    [
        *("edgec_abcdefgh123", "edges_abcdefgh123", "eyJhbGciOi.eyJzdWIi.abc_-1", "whsec_abcdefghijk"),
        *("sk_live_abcdefghi", "fe80::1%eth0", "2001:db8:0:1:2:3:4:5", "::1", "2001:db8::7"),
        *("DE89 3704 0044 0532 0130 00", "FR7630006000011234567890189"),
    ],
)
def test_keys_and_addresses_of_all_kinds_are_hidden(secret: str) -> None:
    assert mask_text(f"it said {secret} twice") == "it said ••• twice"


def test_moments_and_places_in_a_file_stay() -> None:
    for said in ("at 10:15:30 it", "12:30:45.123 ok", "line 3:4", "2026-11-28T10:11:12Z fine"):
        assert mask_text(said) == said
