"""The box's certificate by button: which it is and until when, how a phone trusts it, renewal, and one of one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge.core.tls.authority import make_authority, vouch
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.browser.strangers import open_to_all
from tests.browser.web.test_axe import violations
from tests.shop_fixture import run

pytestmark = pytest.mark.needs("chromium")
LANGUAGES = (("he", 390), ("fr", 1024), ("en", 1920))


def write_own(folder: Path, name: str) -> tuple[Path, Path]:
    """Files as an authority sends them: a certificate for `name`, and its key."""
    now = datetime.now(UTC)
    leaf = vouch(make_authority("Example Trust", (name,), now), (name,), now)
    chain, key = folder / "shop.crt", folder / "shop.key"
    chain.write_bytes(leaf.certificate_pem)
    key.write_bytes(leaf.key_pem)
    return chain, key


def test_a_certificate_is_seen_renewed_replaced_and_put_back_by_buttons(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_to_all(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            certificates = served.site.door.certificates
            assert certificates is not None
            page = opened.page
            await opened.open(served, "lang=en", path="/manager/certificate")
            await opened.see(".certificate-facts", "Made by this box")
            await opened.see(".fingerprint", certificates.fingerprint)
            await opened.see(".where", f":{served.port}/trust")
            assert await page.locator(".scan img").evaluate("(one) => one.naturalWidth > 20"), "a code to scan"
            for file in ("edge-store.cer", "edge-store.mobileconfig"):
                assert await page.locator(f'a[href="/trust/{file}"]').is_visible()
            before = certificates.context
            await page.locator("#renew").click()
            await opened.see("#toast-bar", "Done")
            assert certificates.context is not before

            chain, key = write_own(tmp_path, "till.example")
            await page.locator("[name=chain]").set_input_files(key)
            await page.locator("[name=key]").set_input_files(key)
            await page.locator("#own [type=submit]").click()
            await opened.see("#own-error", "isn't a PEM certificate")
            await page.locator("[name=chain]").set_input_files(chain)
            await page.locator("#own [type=submit]").click()
            await opened.see(".certificate-facts", "Example Trust")
            await opened.see(".names", "till.example")
            await opened.see("#toast-bar", "Saved")
            assert certificates.names == {"till.example"} and await page.locator("#renew").count() == 0
            await page.locator("#remove").click()
            await opened.agree("Remove your own certificate?")
            await opened.see(".certificate-facts", "Made by this box")
            assert not certificates.has_custom
            for language, width in LANGUAGES:
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/certificate")
                await opened.see("#own [type=submit]")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                assert await violations(page, f"certificate {language}") == []
            opened.complaints.clear()

    run(scenario())


def test_a_box_that_no_other_device_opens_says_how_to_let_them_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till() as opened:
            await caller.set_pin()
            await opened.open(served, "lang=en", path="/manager/certificate")
            await opened.see(".empty", "needs no certificate")
            assert await opened.page.locator(".empty a").get_attribute("href") == "/manager/setup?register=1"
            assert (await caller.call("DELETE", "/api/v1/certificate", Grant=caller.token)).code == "no_certificate"

    run(scenario())
