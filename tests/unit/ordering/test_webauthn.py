"""Passkeys are checked as the standard has it; what is off by anything opens nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from edge.core.command_bus import CommandBus
from edge.ordering.customer_accounts import commands as me
from edge.ordering.customer_accounts import webauthn
from edge.ordering.customer_accounts.passkeys import domain_of, webauthn_text
from edge.ordering.customer_accounts.webauthn import PasskeyWrong
from tests.customers import known
from tests.flow.accounting.test_accounts import PHONE, TEXT, sign_in, whose
from tests.ordering import do, refused
from tests.shop_fixture import FakeClock, open_shop, run

ORIGIN = "https://shop.example"
PRESENT, VERIFIED, NEW = 0x01, 0x04, 0x40


class Passkey:
    """An authenticator of ours: signs what it is asked to, as the standard says, or as a test wants it wrong."""

    def __init__(self, algorithm: int = -7) -> None:
        self.algorithm, self.id, self.count = algorithm, b"credential-1", 0
        makers: dict[int, Any] = {
            -7: lambda: ec.generate_private_key(ec.SECP256R1()),
            -8: ed25519.Ed25519PrivateKey.generate,
            -257: lambda: rsa.generate_private_key(65537, 2048),
        }
        self._key: Any = makers[algorithm]()

    def client(self, kind: str, challenge: str, origin: str = ORIGIN) -> bytes:
        return msgspec.json.encode({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False})

    def data(self, flags: int, domain: str = "shop.example") -> bytes:
        made = hashlib.sha256(domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
        return made + (bytes(16) + len(self.id).to_bytes(2) + self.id if flags & NEW else b"")

    def added(self, session: str, challenge: str, **wrong: Any) -> me.AddPasskey:
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        said = {
            "credential": webauthn_text(self.id),
            "key": webauthn_text(spki),
            "algorithm": self.algorithm,
            "authenticator": webauthn_text(self.data(PRESENT | NEW)),
            "client": webauthn_text(self.client("webauthn.create", challenge)),
            "origin": ORIGIN,
        }
        return me.AddPasskey(session, **{**said, **wrong})

    def signed(self, challenge: str, flags: int = PRESENT, session: str = "", **more: Any) -> me.SignInPasskey:
        client = self.client(more.pop("kind", "webauthn.get"), challenge, more.pop("said_origin", ORIGIN))
        data = self.data(flags, more.pop("domain", "shop.example"))
        over = data + hashlib.sha256(client).digest()
        if self.algorithm == -7:
            signature = self._key.sign(over, ec.ECDSA(SHA256()))
        elif self.algorithm == -8:
            signature = self._key.sign(over)
        else:
            signature = self._key.sign(over, padding.PKCS1v15(), SHA256())
        said = {
            "credential": webauthn_text(self.id),
            "authenticator": webauthn_text(data),
            "client": webauthn_text(client),
            "signature": webauthn_text(signature),
            "origin": ORIGIN,
            "session": session,
        }
        return me.SignInPasskey(**{**said, **more})


async def asked(shop: CommandBus, purpose: str = "sign_in", session: str = "") -> str:
    return str(await do(shop, me.AskPasskey(session, purpose)))


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
def test_a_passkey_of_each_algorithm_signs_in_and_confirms(tmp_path: Path, algorithm: int) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            dana = await known(shop, name="Dana", phone=PHONE)
            session, key = await sign_in(shop), Passkey(algorithm)
            await do(shop, key.added(session, await asked(shop, "add", session)))
            mine = await do(shop, key.signed(await asked(shop)))
            assert whose(shop, mine) == dana
            clock.advance(400)
            assert (await refused(shop, me.ExportOwn(mine))).code == "account_code_first"
            unverified = key.signed(await asked(shop, "confirm", mine), PRESENT, mine)
            assert (await refused(shop, unverified)).code == "passkey_wrong", "touched by anybody"
            await do(shop, key.signed(await asked(shop, "confirm", mine), PRESENT | VERIFIED, mine))
            assert await do(shop, me.ExportOwn(mine)) == dana

    run(scenario())


def test_what_is_off_by_anything_opens_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            session, key = await sign_in(shop), Passkey()
            await do(shop, key.added(session, await asked(shop, "add", session)))
            once = key.signed(await asked(shop))
            await do(shop, once)
            late = key.signed(await asked(shop))
            clock.advance(301)
            wrong = [
                once,  # its challenge is used up
                late,
                key.signed(webauthn_text(b"x" * 32)),  # asked by nobody
                key.signed(await asked(shop), flags=0),  # nobody touched it
                key.signed(await asked(shop), domain="evil.example"),
                key.signed(await asked(shop), said_origin="https://evil.example"),
                key.signed(await asked(shop), kind="webauthn.create"),
                key.signed(await asked(shop), signature=webauthn_text(b"\0" * 70)),
                key.signed(await asked(shop), credential=webauthn_text(b"another")),
                key.signed(await asked(shop), client=webauthn_text(b"{}")),
                key.signed(await asked(shop), authenticator=webauthn_text(b"short")),
                key.signed(await asked(shop, "add", session)),  # asked for something else
            ]
            for command in wrong:
                assert (await refused(shop, command)).code == "passkey_wrong"
            assert (await refused(shop, Passkey().added(session, await asked(shop, "add", session)))).code

    run(scenario())


def test_a_cloned_passkey_ends_for_both(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=TEXT) as shop:
            await known(shop, name="Dana", phone=PHONE)
            session, key = await sign_in(shop), Passkey()
            await do(shop, key.added(session, await asked(shop, "add", session)))
            key.count = 5
            assert await do(shop, key.signed(await asked(shop)))
            key.count = 5  # the copy counts for itself
            assert await do(shop, key.signed(await asked(shop))) == ""
            key.count = 9
            assert (await refused(shop, key.signed(await asked(shop)))).code == "passkey_wrong"

    run(scenario())


@pytest.mark.parametrize(
    ("before", "now", "clone"), [(0, 0, False), (0, 1, False), (3, 4, False), (3, 3, True), (3, 0, True)]
)
def test_a_counter_rises_or_never_counts(before: int, now: int, clone: bool) -> None:
    assert webauthn.is_clone(before, now) is clone


@pytest.mark.parametrize("origin", ["http://shop.example", "https://192.168.1.7", "https://[::1]", "null", ""])
def test_there_are_none_in_clear_or_at_an_address(origin: str) -> None:
    with pytest.raises(PasskeyWrong):
        domain_of(origin)


@pytest.mark.parametrize("origin", ["https://box.local:8443", "http://localhost:8080", ORIGIN])
def test_by_name_there_are(origin: str) -> None:
    assert domain_of(origin)


@pytest.mark.parametrize(
    ("origin", "above", "domain"),
    [
        ("https://till.shop.example", "shop.example", "shop.example"),
        ("https://shop.example", "shop.example", "shop.example"),
        ("https://box.local:8443", "shop.example", "box.local"),
        ("https://otherworkshop.example", "shop.example", "otherworkshop.example"),
        ("https://till.shop.example", "", "till.shop.example"),
    ],
)
def test_a_domain_above_the_page_holds_for_pages_below_it_alone(origin: str, above: str, domain: str) -> None:
    assert domain_of(origin, above) == domain


def test_weak_keys_and_other_algorithms_are_not_taken() -> None:
    def spki(key: Any) -> bytes:
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # type: ignore[no-any-return]

    weak, other = rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP384R1())
    for key, algorithm in ((spki(weak), -257), (spki(other), -7), (spki(other), -8), (b"\x30\x00", -7), (b"", -257)):
        with pytest.raises(PasskeyWrong):
            webauthn.public_key(key, algorithm)
