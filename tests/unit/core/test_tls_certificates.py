"""Which certificate a box has, and that it is exchanged in time."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from edge.core.secrets import keys
from edge.core.storage.commit_gate import MEMBERS
from edge.core.tls import AUTHORITY_FILE, OWN_FILE, machine
from edge.core.tls.authority import PRIVATE_KEY, make_authority, vouch
from edge.core.tls.certificates import Certificates
from edge.core.tls.custom import CustomCertificateError
from edge.runtime.secrets import secrets_of
from tests.handshake import shake, strict


class World:
    """A clock and a network that a test changes."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.addresses = ["127.0.0.1", "192.168.1.9"]

    def box(self, folder: Path, own: tuple[Path, Path] | None = None, host: str = "0.0.0.0") -> Certificates:
        made = Certificates(folder, secrets_of(folder), host, own, lambda: self.now, lambda: tuple(self.addresses))
        made.look()
        return made


def trusting(box: Certificates) -> ssl.SSLContext:
    assert box.authority is not None
    return strict(ssl.DER_cert_to_PEM_cert(box.authority.public_bytes(Encoding.DER)))


def takes(box: Certificates, client: ssl.SSLContext, name: str) -> bool:
    assert box.context is not None
    try:
        shake(box.context, client, name)
    except ssl.SSLCertVerificationError:
        return False
    return True


def own(folder: Path, name: str, world: World, begins: timedelta = timedelta()) -> tuple[Path, Path]:
    """Files with a certificate of one's own for `name`."""
    authority = make_authority("somebody", (name,), world.now)
    leaf = vouch(authority, (name,), world.now + begins)
    certificate, key = folder / "own.pem", folder / "own.key"
    end = b"-----END PRIVATE KEY-----\n"
    secret, _, public = leaf.pem.partition(end)
    key.write_bytes(secret + end)
    certificate.write_bytes(public)
    return certificate, key


def test_the_next_start_has_the_same_authority_which_no_one_else_reads(tmp_path: Path) -> None:
    world = World()
    first = world.box(tmp_path)
    assert takes(first, trusting(first), "192.168.1.9")
    assert (tmp_path / AUTHORITY_FILE).stat().st_mode & 0o777 == 0o600
    second = world.box(tmp_path)
    assert second.fingerprint == first.fingerprint
    assert takes(second, trusting(first), "192.168.1.9")


def test_a_new_address_is_vouched_for_without_a_restart(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    assert not takes(box, trusting(box), "10.0.0.7")
    assert not box.look(), "nothing changed"
    world.addresses.append("10.0.0.7")
    assert box.look()
    assert takes(box, trusting(box), "10.0.0.7")


def test_a_certificate_is_renewed_long_before_it_ends(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    ends = box.ends
    world.now += timedelta(days=264)
    assert box.look() and box.ends is not None and ends is not None
    assert box.ends > ends


def test_ones_own_certificate_is_taken_again_when_its_files_change(tmp_path: Path) -> None:
    world = World()
    files = own(tmp_path, "till.example", world)
    box = world.box(tmp_path, files)
    assert box.names == {"till.example"} and not box.faults and box.authority is None
    own(tmp_path, "shop.example", world)
    assert box.look()
    assert box.names == {"shop.example"}


@pytest.mark.parametrize("wrong", ["gone", "nonsense", "over", "another's key"])
def test_a_broken_one_is_said_and_the_boxs_own_takes_its_place(tmp_path: Path, wrong: str) -> None:
    world = World()
    certificate, key = own(tmp_path, "till.example", world)
    good = certificate.read_bytes(), key.read_bytes()
    if wrong == "gone":
        certificate.unlink()
    elif wrong == "nonsense":
        certificate.write_text("no certificate")
    elif wrong == "over":
        own(tmp_path, "till.example", world, timedelta(days=-500))
        world.now += timedelta(days=500)
    else:
        own(tmp_path, "till.example", world)
        certificate.write_bytes(good[0])
    box = world.box(tmp_path, (certificate, key))
    assert [fault.key for fault in box.faults] == ["own"]
    assert takes(box, trusting(box), "192.168.1.9") or wrong == "over"  # a client's clock is not ours
    if wrong != "over":
        certificate.write_bytes(good[0])
        key.write_bytes(good[1])
        assert box.look() and not box.faults, "mended while it runs"


def test_a_file_that_is_no_authority_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / AUTHORITY_FILE).parent.mkdir()
    (tmp_path / AUTHORITY_FILE).write_text("what is this?")
    box = World().box(tmp_path)
    assert box.context is None and [fault.key for fault in box.faults] == ["authority"]
    assert (tmp_path / AUTHORITY_FILE).read_text() == "what is this?"


def test_a_name_that_came_later_is_said(tmp_path: Path) -> None:
    World().box(tmp_path)
    box = World().box(tmp_path, host="till.shop.example")
    assert [(fault.key, fault.values["names"]) for fault in box.faults] == [("beyond", "till.shop.example")]
    assert "till.shop.example" not in box.names


def test_the_shops_own_name_is_proved_once_a_second_box_is_there(tmp_path: Path) -> None:
    """The authority may vouch for it from the start: no one is asked to trust another one then."""
    name = "corner.local"
    made = Certificates(tmp_path, secrets_of(tmp_path), "0.0.0.0", shop=name)
    made.look()
    client = trusting(made)
    assert name not in made.names and not takes(made, client, name), "who has one box sees nothing of it"
    (tmp_path / MEMBERS).parent.mkdir()
    (tmp_path / MEMBERS).touch()
    again = Certificates(tmp_path, secrets_of(tmp_path), "0.0.0.0", shop=name)
    again.look()
    assert takes(again, client, name) and not again.faults


def test_no_key_is_on_the_disk_in_clear(tmp_path: Path) -> None:
    World().box(tmp_path)
    body = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PRIVATE_KEY not in body
    found = x509.load_pem_x509_certificate((tmp_path / AUTHORITY_FILE).read_bytes())
    assert found.subject.rfc4514_string().startswith("CN=edge-store ")


def test_a_key_in_clear_of_a_version_before_is_sealed_and_overwritten(tmp_path: Path) -> None:
    world = World()
    first = make_authority("edge-store box", machine.host_names(), world.now)
    (tmp_path / AUTHORITY_FILE).parent.mkdir()
    (tmp_path / AUTHORITY_FILE).write_bytes(first.pem)
    with (tmp_path / AUTHORITY_FILE).open("rb") as before:
        box = world.box(tmp_path)
        assert set(before.read()) == {0}, "where it lay"
    assert box.authority == first.certificate and not box.faults
    assert PRIVATE_KEY not in (tmp_path / AUTHORITY_FILE).read_bytes()
    assert world.box(tmp_path).authority == first.certificate


def test_without_its_key_there_is_another_authority_and_that_is_said(tmp_path: Path) -> None:
    world = World()
    first = world.box(tmp_path)
    (tmp_path / "secrets-key").unlink()
    assert world.box(tmp_path).fingerprint == first.fingerprint, "the recovery code opens it"
    keys.store(tmp_path, keys.make())
    second = world.box(tmp_path)
    assert [fault.key for fault in second.faults] == ["anew"] and second.fingerprint != first.fingerprint
    assert takes(second, trusting(second), "192.168.1.9") and not world.box(tmp_path).faults


def test_a_certificate_added_on_a_page_is_used_at_once_and_after_a_start_and_can_be_removed(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    chain, key = (file.read_text() for file in own(tmp_path, "till.example", world))
    box.set_custom(chain, key)
    assert (box.origin, box.names, box.issuer) == ("page", {"till.example"}, "somebody")
    assert PRIVATE_KEY not in (tmp_path / OWN_FILE).read_bytes(), "the key is with the secrets"
    assert world.box(tmp_path).names == {"till.example"}
    box.remove_custom()
    assert box.origin == "box" and not box.has_custom and takes(box, trusting(box), "192.168.1.9")


def test_a_certificate_from_a_page_that_expires_gives_way_to_the_boxs_own_and_that_is_said(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    box.set_custom(*(file.read_text() for file in own(tmp_path, "till.example", world)))
    world.now += timedelta(days=500)
    assert box.look() and box.origin == "box" and [fault.key for fault in box.faults] == ["own"]


def test_renewing_makes_another_certificate_that_the_same_devices_trust(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    client, ends = trusting(box), box.ends
    world.now += timedelta(days=1)
    assert not box.look(), "it isn't due yet"
    box.renew()
    assert ends is not None and box.ends == ends + timedelta(days=1)
    assert takes(box, client, "192.168.1.9")


def pem(kind: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    lock = BestAvailableEncryption(b"1234") if kind == "locked" else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock).decode()


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("no certificate", "certificate_no_certificate"),
        ("no key", "certificate_no_key"),
        ("locked", "certificate_key_locked"),
        ("short", "certificate_key_kind"),
        ("another's", "certificate_mismatch"),
        ("early", "certificate_not_yet"),
        ("late", "certificate_over"),
    ],
)
def test_a_certificate_that_no_browser_would_take_is_refused_and_changes_nothing(
    tmp_path: Path, wrong: str, fault: str
) -> None:
    world = World()
    box = world.box(tmp_path)
    begins = timedelta(days=30 if wrong == "early" else 0)
    chain, key = (file.read_text() for file in own(tmp_path, "till.example", world, begins))
    world.now += timedelta(days=500 if wrong == "late" else 0)
    chain = "nothing" if wrong == "no certificate" else chain
    keys_by = {
        "no key": "nothing",
        "locked": pem("locked", ec.generate_private_key(ec.SECP256R1())),
        "short": pem("", rsa.generate_private_key(65537, 1024)),
        "another's": pem("", ec.generate_private_key(ec.SECP256R1())),
    }
    with pytest.raises(CustomCertificateError) as raised:
        box.set_custom(chain, keys_by.get(wrong, key))
    assert raised.value.fault == fault
    assert box.origin == "box" and not box.has_custom


def test_a_chain_is_taken_in_any_order(tmp_path: Path) -> None:
    world = World()
    box = world.box(tmp_path)
    chain, key = (file.read_text() for file in own(tmp_path, "till.example", world))
    above = make_authority("above", ("till.example",), world.now).certificate_pem.decode()
    box.set_custom(above + chain, key)
    assert box.names == {"till.example"} and (tmp_path / OWN_FILE).read_text().startswith(chain[:200])
