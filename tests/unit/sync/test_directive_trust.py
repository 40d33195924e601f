"""Head office's signature of directives: what it covers, whose a box takes, and what is kept outside the ledger."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.runtime import directive_trust
from edge.runtime.directive_trust import PinnedKey, Trust
from sync.directive_signing import AHEAD_US, LASTS_US, Signer, holds, new_key, signed_bytes
from sync.wire import Directive, Seal, WireError

NOW_US = 1_790_000_000_000_000
DIRECTIVE = Directive(NOW_US, "prices", b'{"prices": []}')
OFFICE, OTHER = Signer(Ed25519PrivateKey.generate()), Signer(Ed25519PrivateKey.generate())


def signed(number: int = NOW_US, signer: Signer = OFFICE, now_us: int = NOW_US) -> Directive:
    directive = msgspec.structs.replace(DIRECTIVE, version=number)
    return msgspec.structs.replace(directive, seal=signer.seal("acme", "corner", directive, now_us))


def trust(*keys: Signer, highest: int = 0) -> Trust:
    return Trust(tuple(PinnedKey(key.public) for key in keys or (OFFICE,)), highest)


def test_a_signature_is_for_one_directive_of_one_store() -> None:
    directive = signed()
    seal = directive.seal
    assert seal is not None and holds(OFFICE.public, "acme", "corner", directive)
    change = msgspec.structs.replace
    for tenant, store, other in (
        ("acme", "corner", change(directive, version=NOW_US + 1)),
        ("acme", "corner", change(directive, kind="users")),
        ("acme", "corner", change(directive, body=b'{"prices": [1]}')),
        ("acme", "corner", change(directive, seal=change(seal, expires_us=seal.expires_us + 1))),
        ("acme", "corner", change(directive, seal=change(seal, made_us=seal.made_us + 1))),
        ("acme", "far-away", directive),
        ("acm", "ecorner", directive),
    ):
        assert not holds(OFFICE.public, tenant, store, other), (tenant, store, other)
    assert not holds(OTHER.public, "acme", "corner", directive)


def test_a_box_of_before_reads_a_signed_directive_and_a_box_of_today_one_without() -> None:
    class Older(msgspec.Struct, array_like=True):
        version: int
        kind: str
        body: bytes

    older = msgspec.msgpack.decode(msgspec.msgpack.encode(signed()), type=Older)
    assert older == Older(NOW_US, "prices", DIRECTIVE.body)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(older), type=Directive) == DIRECTIVE


@pytest.mark.parametrize(
    ("directive", "why"),
    [
        (DIRECTIVE, "it isn't signed"),
        (signed(signer=OTHER), "isn't from head office"),
        (msgspec.structs.replace(DIRECTIVE, seal=Seal(NOW_US, NOW_US + LASTS_US, bytes(64))), "isn't from head office"),
    ],
)
def test_what_head_office_did_not_sign_is_not_its_own(directive: Directive, why: str) -> None:
    assert why in (trust().unproven("acme", "corner", directive) or "")
    assert trust().unproven("acme", "corner", signed()) is None


def test_who_has_spoilt_the_keys_file_has_not_opened_the_door(tmp_path: Path) -> None:
    (tmp_path / directive_trust.FILE).parent.mkdir()
    (tmp_path / directive_trust.FILE).write_text("{")
    spoilt = directive_trust.load(tmp_path)
    assert spoilt is not None and spoilt.unproven("acme", "corner", signed()) is not None


def test_a_number_far_ahead_of_its_signature_is_neither_made_nor_taken() -> None:
    with pytest.raises(WireError, match="more than a day ahead"):
        signed(NOW_US + AHEAD_US + 1)
    assert trust().unproven("acme", "corner", signed(NOW_US + AHEAD_US)) is None
    careless = Ed25519PrivateKey.generate()
    far = Directive(NOW_US + AHEAD_US + 1, "prices", b"")
    said = careless.sign(signed_bytes("acme", "corner", far, NOW_US, NOW_US + LASTS_US))
    far = msgspec.structs.replace(far, seal=Seal(NOW_US, NOW_US + LASTS_US, said))
    assert "a day ahead" in (trust(Signer(careless)).unproven("acme", "corner", far) or "")


def test_a_signature_ends_by_a_clock_that_is_believed() -> None:
    directive = signed()
    assert trust().refusal(directive, NOW_US + LASTS_US) is None
    assert "has expired" in (trust().refusal(directive, NOW_US + LASTS_US + 1) or "")
    assert trust().refusal(directive, None) is None, "a wrong clock holds nothing up"


def test_what_was_dealt_with_is_refused_to_a_ledger_that_was_set_back() -> None:
    assert "was restored" in (trust(highest=NOW_US).refusal(signed(), NOW_US) or "")
    assert trust(highest=NOW_US - 1).refusal(signed(), NOW_US) is None


def test_a_new_key_signs_what_follows_it_and_the_old_one_what_went_before() -> None:
    rotated = trust().with_key(OTHER.public, NOW_US)
    assert rotated.with_key(OTHER.public, NOW_US) == rotated, "the same directive again"
    for number, signer, well in (
        (NOW_US, OFFICE, True),  # it is still on its way
        (NOW_US + 1, OFFICE, False),
        (NOW_US + 1, OTHER, True),
        (NOW_US - 1, OTHER, True),  # signed anew for boxes that come later
    ):
        why = rotated.unproven("acme", "corner", signed(number, signer))
        assert (why is None) == well, (number, why)


def test_numbers_stay_when_a_box_is_enrolled_again_and_never_go_back(tmp_path: Path) -> None:
    (tmp_path / directive_trust.FILE).parent.mkdir()
    directive_trust.raise_highest(tmp_path, 7)
    assert directive_trust.load(tmp_path) is None, "a box without a key keeps none"
    directive_trust.pin(tmp_path, OFFICE.public)
    directive_trust.raise_highest(tmp_path, 7)
    directive_trust.raise_highest(tmp_path, 3)
    directive_trust.pin(tmp_path, OTHER.public)
    assert directive_trust.load(tmp_path) == trust(OTHER, highest=7)


def test_a_key_is_a_file_that_other_tools_read(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(new_key())
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert Signer.load(path).public == Signer.load(path).public
    path.write_text("nothing")
    with pytest.raises(ValueError, match="PEM"):
        Signer.load(path)
