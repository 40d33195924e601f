"""A phone as a scanner, from its browser to the basket: the page, its pictures, and who is kept out."""

from __future__ import annotations

import io
import json
from pathlib import Path

import aiohttp
import pytest
from PIL import Image
from playwright.async_api import Page, Route

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from sim.scanners.camera import picture
from tests.counter import CODES, Counter, gtin, open_counter
from tests.shop_fixture import SYSTEM, run

PAIRING = "k3vQ9zX1mT7bR2wY"
PHONE = f'[[device]]\nname = "phone"\nrole = "scanner"\ndriver = "phone"\npairing = "{PAIRING}"\n'
LINK, PAGE = f"/scan/{PAIRING}", "/scan"


async def let_in(counter: Counter, link: str = LINK) -> dict[str, str]:
    """Return the headers of a phone's admitted browser: its cookie and origin."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.get(f"{counter.url}{link}?lang=he", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, "/scan?lang=he"), "nothing secret in the address"
        return {"Cookie": answer.headers["Set-Cookie"].split("; ")[0], "Origin": counter.url}


async def post(counter: Counter, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    headers = {**await let_in(counter), **headers}
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.post(counter.url + path, data=body, headers={"Content-Type": "application/json", **headers}) as answer,
    ):
        return answer.status, await answer.text()


def test_what_the_phone_reads_is_in_the_basket(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter:
            await counter.part_is("phone", "ok")
            status, text = await post(counter, f"{PAGE}/picture", picture(CODES[0], CODES[1]))
            assert status == 200
            assert CODES[0] in text
            assert CODES[1] in text
            assert counter.basket() == []  # a code that was only read isn't scanned yet
            assert (await post(counter, PAGE, f'{{"text": "{CODES[1]}", "symbology": "]E0"}}'.encode()))[0] == 200
            assert (await post(counter, PAGE, f'{{"text": "{CODES[0]}"}}'.encode()))[0] == 200
            await counter.holds(["p1", "p0"])

    run(scenario())


BEER, HAM, NOTHING = "96385074", "40170725", gtin(999)
GOODS = (
    Product("beer", {"en": "Beer", "he": "בירה"}, (BEER,), 250, min_age=18),
    Product("ham", {"en": "Ham", "fr": "Jambon"}, (HAM,), 1990, unit="kg"),
)


def test_the_phone_says_what_the_till_makes_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter:
            await counter.part_is("phone", "ok")
            await counter.shop.do(SetProducts(GOODS), SYSTEM)

            async def scan(code: str, language: str, id: str = "") -> tuple[str, str, str]:
                scanned = json.dumps({"text": code, "id": id}).encode()
                status, text = await post(counter, f"{PAGE}?lang={language}", scanned)
                assert status == 200, text
                said = json.loads(text)
                return said["kind"], said["what"], said["say"]

            assert await scan(CODES[0], "en") == ("added", "Product 0", "1 pc · €1.00")
            assert await scan(CODES[0], "en", "a") == ("added", "Product 0", "2 pc · €2.00")
            # a repetition of the same scan
            assert await scan(CODES[0], "en", "a") == ("added", "Product 0", "2 pc · €2.00")
            assert await scan(NOTHING, "en") == ("asks", NOTHING, "Unknown code · Answer on the till")
            assert await scan(BEER, "he") == ("asks", "בירה", "בדיקת גיל · ענו בקופה")
            assert (await scan(HAM, "fr"))[:2] == ("asks", "Jambon")
            # a pending question doesn't matter
            assert await scan(CODES[1], "en") == ("added", "Product 1", "1 pc · €1.00")
            assert await scan("7612340009991", "en") == (
                "refused",
                "7612340009991",
                "The check digit of 7612340009991 is wrong. Scan again, or type the digits.",
            )
            assert counter.basket() == ["p0", "p1"]

    run(scenario())


def test_without_the_whole_secret_there_is_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter, aiohttp.ClientSession() as session:
            for wrong in ("", PAIRING[:-1], PAIRING + "x", "undefined"):
                async with session.get(f"{counter.url}/scan/{wrong}") as answer:
                    assert answer.status == 404
                    assert "Set-Cookie" not in answer.headers
            for cookie in ("", "edge-corner-local.scan=", f"edge-corner-local.scan={PAIRING}"):
                async with session.get(f"{counter.url}/scan", headers={"Cookie": cookie}) as answer:
                    assert answer.status == 404
                for path in (PAGE, f"{PAGE}/picture"):
                    assert (await post(counter, path, b"{}", Cookie=cookie))[0] == 404, path
            assert (await post(counter, LINK, b"{}"))[0] in (404, 405), "the link scans nothing"
            assert (await post(counter, PAGE, b"{}", Origin="http://evil.example"))[0] == 403

    run(scenario())


def test_the_secret_is_in_the_first_address_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter, aiohttp.ClientSession() as session:
            sent = await let_in(counter)
            assert PAIRING not in sent["Cookie"]
            async with session.get(f"{counter.url}/scan", headers=sent) as answer:
                assert answer.status == 200
                assert PAIRING not in await answer.text()
            async with session.get(counter.url + LINK, allow_redirects=False) as answer:
                assert "HttpOnly" in answer.headers["Set-Cookie"]
                assert answer.headers["Cache-Control"] == "no-store"

    run(scenario())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (PAGE, b"no json", 400),
        (PAGE, b'{"text": ""}', 400),
        (PAGE, b'{"text": "1", "symbology": "<script>"}', 400),
        (PAGE, b'{"text": "' + b"1" * 5000 + b'"}', 400),
        (f"{PAGE}/picture", b"no picture", 503),
        (f"{PAGE}/picture", b"\xff\xd8\xff" + b"x" * 3_000_000, 413),
        (f"{PAGE}/picture", picture(), 200),
    ],
)
def test_what_does_not_fit_is_said_and_adds_nothing(tmp_path: Path, path: str, body: bytes, status: int) -> None:
    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter:
            await counter.part_is("phone", "ok")
            assert (await post(counter, path, body))[0] == status
            assert counter.basket() == []
            assert counter.supervisor.states["phone"].state == "ok"

    run(scenario())


def film(folder: Path) -> Path:
    """Make a film of the counter with one product, which Chromium plays as the phone's camera."""
    frame = Image.open(io.BytesIO(picture(CODES[2]))).convert("RGB").resize((640, 480))
    out = io.BytesIO()
    frame.save(out, "JPEG", quality=95)
    path = folder / "film.mjpeg"
    path.write_bytes(out.getvalue() * 30)
    return path


async def answers_lost(page: Page, counter: Counter, times: int) -> list[bytes]:
    """Let the phone's first scans reach the till, but lose their answers; returns the lost requests' bodies."""
    lost: list[bytes] = []

    async def lose(route: Route) -> None:
        body = route.request.post_data_buffer
        if route.request.method != "POST" or len(lost) >= times or body is None:
            await route.continue_()
            return
        assert (await post(counter, PAGE, body))[0] == 200
        lost.append(body)
        await route.abort()

    await page.route(f"**{PAGE}?*", lose)
    return lost


SLOW_CLOCK = "{ const now = performance.now.bind(performance); performance.now = () => now() / 60; }"
"""A slower clock. On a busy machine with slow answers, the product would otherwise count as removed (`GONE_MS` there).
"""


@pytest.mark.needs("chromium")
def test_in_a_browser_live_and_by_photograph(tmp_path: Path) -> None:
    from tests.browser.browsing import browser

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(CODES[3]))
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    camera += [f"--use-file-for-fake-video-capture={film(tmp_path)}"]

    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter, browser(*camera) as launched:
            page = await launched.new_page()
            await page.add_init_script(SLOW_CLOCK)
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            lost = await answers_lost(page, counter, 2)
            await page.goto(f"{counter.url}{LINK}?lang=he")
            assert PAIRING not in page.url
            assert await page.locator("html").get_attribute("dir") == "rtl"
            await page.locator(".scanned li", has_text="Product 2").wait_for()
            await counter.holds(["p2"])
            await page.locator("input[type=file]").set_input_files(photo)
            await page.locator(".scanned li", has_text="Product 3").wait_for()
            await counter.holds(["p2", "p3"])
            for _ in range(8):  # a product still in front of the camera isn't scanned again
                async with page.expect_request("**/picture?*"):
                    pass
            assert counter.basket() == ["p2", "p3"]
            assert len(set(lost)) == 1 and len(lost) == 2  # the till received both, and they are the same scan
            assert complaints == []

    run(scenario())


CAMERA_WAITS = """
    navigator.mediaDevices.getUserMedia = () => new Promise((_, refuse) => {
      window.refuseCamera = refuse;
    });
"""
"""Makes the question about camera access stay unanswered."""


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("live", [True, False])
def test_a_phone_that_is_let_in_no_more_is_told_to_open_its_link_again(tmp_path: Path, live: bool) -> None:
    from tests.browser.browsing import browser

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(picture(CODES[3]))
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] if live else []

    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter, browser(*camera) as launched:
            page = await launched.new_page()
            await page.add_init_script("delete window.BarcodeDetector;" + ("" if live else CAMERA_WAITS))
            await page.goto(f"{counter.url}{LINK}?lang=en")
            await page.context.clear_cookies()
            if not live:
                await page.locator("input[type=file]").set_input_files(photo)
            gone = page.locator(".note", has_text="Open its link again")
            await gone.wait_for()
            if not live:
                await page.evaluate("refuseCamera(new Error('none')); new Promise((done) => setTimeout(done))")
                assert await gone.count(), "a camera that is refused later takes no word away"

    run(scenario())


MISREAD = CODES[1]
"""A valid article number of another product, which isn't in front of the camera."""
SIGHTINGS: tuple[list[str], ...] = (
    [MISREAD],
    [CODES[0]],
    [],
    [CODES[0], MISREAD],
    [CODES[0]],
    [CODES[0]],
    [],
    [MISREAD],
    [],
    [CODES[0]],
)
"""Codes that the browser finds in successive pictures: a real one, and a misread one now and then."""
DETECTOR = """
    const sightings = %s;
    window.BarcodeDetector = class {
      async detect() {
        const texts = sightings.shift();
        document.documentElement.dataset.left = sightings.length;
        return (texts ?? []).map((rawValue) => ({ rawValue, format: "ean_13" }));
      }
    };
"""


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("finds", ["the browser", "the appliance"])
def test_live_one_misread_picture_is_outvoted(tmp_path: Path, finds: str) -> None:
    """If a single picture shows another product's valid number, that product isn't sold."""
    from tests.browser.browsing import browser

    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    pictures = list(SIGHTINGS)

    async def found(route: Route) -> None:
        texts = pictures.pop(0) if pictures else []
        await route.fulfill(json=[{"text": text, "symbology": "]E0"} for text in texts])

    async def scenario() -> None:
        async with open_counter(tmp_path, PHONE) as counter, browser(*camera) as launched:
            page = await launched.new_page()
            if finds == "the browser":
                await page.add_init_script(DETECTOR % json.dumps(SIGHTINGS))
            else:
                await page.add_init_script("delete window.BarcodeDetector;")
                await page.route("**/picture?*", found)
            await page.goto(f"{counter.url}{LINK}?lang=en")
            await page.locator(".scanned li", has_text="Product 0").wait_for()
            if finds == "the browser":
                await page.locator("html[data-left='0']").wait_for(state="attached")
            while finds == "the appliance" and pictures:
                async with page.expect_request("**/picture?*"):
                    pass
            assert counter.basket() == ["p0"], "once, and nothing that was seen once"

    run(scenario())
