"""TLS for connections from other machines, and how a device comes to trust the box."""

from __future__ import annotations

import plistlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.browser.strangers import open_to_all, stranger
from tests.shop_fixture import CONFIG, MILK, run


def test_who_trusts_the_box_sells_over_tls(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as till:
            await till.let_in()
            done = await till.do("AddLine", {"code": MILK}, Origin=till.url)
            assert done.status == 200
            assert done.headers["Strict-Transport-Security"].startswith("max-age=")
            assert f"wss://127.0.0.1:{served.port}" in done.headers["Content-Security-Policy"]
            async with till.socket("register=1", Origin=till.url) as page:
                assert "Milk" in await page.receive_str()
            assert (await till.do("AddLine", {"code": MILK}, Origin=served.url)).status == 403, "a page in clear"

    run(scenario())


def test_in_clear_a_stranger_is_shown_the_way_and_nothing_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served, tls=False) as guest:
            led = await guest.get("/manager?lang=fr")
            assert (led.status, led.headers["Location"]) == (307, f"https://127.0.0.1:{served.port}/manager?lang=fr")
            for path in ("/api/v1/products", "/healthz", "/metrics", "/ws", "/api/v1/openapi.json"):
                assert (await guest.get(path)).status == 307, path
            refused = await guest.do("AddLine", {"code": MILK})
            assert refused.status == 403 and "https://" in refused.text
            assert (await guest.get("/", Host="evil.example")).status == 403, "nobody is led elsewhere"
            assert "lines" not in (await guest.get("/api/v1/queries/basket")).text

    run(scenario())


def test_the_machine_itself_goes_on_in_clear(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as till:
            assert (await till.do("AddLine", {"code": MILK}, Origin=served.url)).status == 200
            await till.set_pin()
            shown = await till.read("/fragments/access?lang=en", Grant=await till.enter_pin(), Surface="panel")
            assert b'href="/trust?lang=en"' in shown, "the certificate is found where devices are paired"
        async with serve(tmp_path) as served, calling(served) as till:
            assert served.site.door.certificates is None, "this machine alone has no use for any"
            assert (await till.get("/trust")).status == 404

    run(scenario())


def test_nobody_else_sets_the_first_pin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served) as guest:
            assert (await guest.call("POST", "/api/v1/pin", {"pin": PIN})).code == "not_paired"
            await guest.let_in("manager")
            refused = await guest.call("POST", "/api/v1/pin", {"pin": PIN})
            assert refused.code == "pin_not_from_here"

    run(scenario())


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_a_phone_is_told_how_to_trust_the_box(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, stranger(served, tls=False) as guest:
            certificates = served.site.door.certificates
            assert certificates is not None and certificates.authority is not None
            page = await guest.get(f"/trust?lang={language}")
            assert page.status == 200 and certificates.fingerprint in page.text
            assert ('dir="rtl"' in page.text) == (language == "he")
            assert (await guest.get("/static/trust.css")).status == 200
            der = await guest.read("/trust/edge-store.cer")
            assert x509.load_der_x509_certificate(der) == certificates.authority
            profile = plistlib.loads(await guest.read("/trust/edge-store.mobileconfig"))
            content = profile["PayloadContent"][0]
            assert content["PayloadType"] == "com.apple.security.root"
            assert content["PayloadContent"] == certificates.authority.public_bytes(Encoding.DER)

    run(scenario())


def test_a_cookie_of_one_wire_is_none_on_the_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as here, stranger(served) as there:
            await here.set_pin()
            await there.let_in("manager")
            in_clear = await here.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
            secure = await there.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel", Origin=there.url)
            assert in_clear.headers["Set-Cookie"].startswith("edge-corner-local.manager=")
            cookie, *marks = secure.headers["Set-Cookie"].split("; ")
            assert cookie.startswith("__Host-edge-corner.manager=") and "Secure" in marks and "Path=/" in marks
            plain = in_clear.headers["Set-Cookie"].split("; ")[0]
            assert (await there.get("/api/v1/queries/users", Surface="panel", Cookie=cookie)).status == 200
            assert (await there.get("/api/v1/queries/users", Surface="panel", Cookie=plain)).status == 403
            assert (await here.get("/api/v1/queries/users", Surface="panel", Cookie=plain)).status == 200
            assert (await here.get("/api/v1/queries/users", Surface="panel", Cookie=cookie)).status == 403

    run(scenario())


PROXY = 'trusted_proxy = "127.0.0.3"\npublic_origin = "https://till.example"\n'


def test_a_trusted_proxy_speaks_for_its_callers(tmp_path: Path) -> None:
    async def scenario() -> None:
        said = {"Host": "till.example", "X_Forwarded_For": "127.0.0.1, 203.0.113.9", "X_Forwarded_Proto": "https"}
        ours = {**said, "Origin": "https://till.example"}
        async with (
            open_to_all(tmp_path, PROXY) as served,
            stranger(served, tls=False, source="127.0.0.3") as proxy,
            stranger(served) as guest,
        ):
            await proxy.let_in(**ours)
            assert (await proxy.do("AddLine", {"code": MILK}, **ours)).status == 200
            assert "Strict-Transport-Security" in (await proxy.get("/", **said)).headers
            assert (await proxy.call("POST", "/api/v1/pin", {"pin": PIN}, **ours)).code == "pin_not_from_here"
            for wrong in (
                {**ours, "Origin": "http://till.example"},
                {**ours, "Host": "evil.example"},
                {**ours, "X_Forwarded_Proto": "http"},
                {**ours, "X_Forwarded_For": "nobody"},
            ):
                assert (await proxy.do("AddLine", {"code": MILK}, **wrong)).status == 403, wrong
            assert (await guest.do("AddLine", {"code": MILK}, **ours)).status == 403, "that is not the proxy"

    run(scenario())


def test_through_a_proxy_on_this_machine_nobody_is_the_machine_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        here = CONFIG + PROXY.replace("127.0.0.3", "127.0.0.1")
        async with serve(tmp_path, here) as served, calling(served) as proxy:
            for said in ({}, {"Host": "till.example", "X_Forwarded_For": "::1", "Origin": "https://till.example"}):
                answer = await proxy.call("POST", "/api/v1/pin", {"pin": PIN}, **said)
                assert answer.code == "not_paired", said

    run(scenario())
