"""What the box's own authority vouches for, and what it can't."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from edge.core.tls.authority import LEAF_DAYS, NOT_BEFORE, KeyPair, make_authority, may, vouch
from edge.core.tls.context import from_memory
from tests.handshake import shake, strict

NOW = datetime.now(UTC)
NAMES = ("localhost", "box", "box.local")


def authority() -> KeyPair:
    return make_authority("edge-store box", NAMES, NOW)


def pem(pair: KeyPair) -> str:
    return pair.pem.decode().partition("-----BEGIN CERTIFICATE-----")[2].join(["-----BEGIN CERTIFICATE-----", ""])


@pytest.mark.parametrize("name", ["box.local", "192.168.1.9", "127.0.0.1", "fd00::9"])
def test_a_strict_client_that_trusts_it_takes_the_box(name: str) -> None:
    made = authority()
    shake(from_memory(vouch(made, (*NAMES, name), NOW).pem), strict(pem(made)), name)


def test_another_name_is_not_vouched_for_even_by_its_key() -> None:
    """Whoever has the key makes what they like; the client that trusts it does not take it."""
    made = authority()
    assert not may(made, "bank.example") and not may(made, "203.0.113.9")
    left_out = vouch(made, ("box.local", "bank.example"), NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake(from_memory(left_out.pem), strict(pem(made)), "bank.example")
    elsewhere = make_authority("edge-store box", ("bank.example",), NOW)
    stolen = KeyPair(elsewhere.certificate, made.key)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake(from_memory(vouch(stolen, ("bank.example",), NOW).pem), strict(pem(made)), "bank.example")


def test_a_leaf_is_renewed_after_two_thirds_and_began_before_the_clocks_of_phones() -> None:
    leaf = vouch(authority(), NAMES, NOW)
    begins, ends = leaf.certificate.not_valid_before_utc, leaf.certificate.not_valid_after_utc
    assert timedelta(hours=47) < NOW - begins <= timedelta(hours=49)
    assert ends - begins == timedelta(days=LEAF_DAYS)
    assert not leaf.due(NOW)
    assert leaf.due(NOW + timedelta(days=270)) and leaf.due(NOW - timedelta(days=30))


def test_a_clock_that_lost_its_battery_makes_no_certificate_of_1970() -> None:
    made = make_authority("edge-store box", NAMES, datetime(1970, 1, 1, tzinfo=UTC))
    assert made.certificate.not_valid_after_utc.year > NOT_BEFORE.year + 8


def test_all_is_marked_as_critical_that_must_be() -> None:
    made = authority()
    for pair in (made, vouch(made, NAMES, NOW)):
        marked = {one.oid for one in pair.certificate.extensions if one.critical}
        assert {x509.BasicConstraints.oid, x509.KeyUsage.oid} <= marked
    assert x509.NameConstraints.oid in {one.oid for one in made.certificate.extensions if one.critical}


def test_what_was_written_is_read_again_and_nothing_else() -> None:
    made, other = authority(), authority()
    assert KeyPair.read(made.pem) == made or KeyPair.read(made.pem).pem == made.pem
    with pytest.raises(ValueError, match="match"):
        KeyPair.read(KeyPair(made.certificate, other.key).pem)
