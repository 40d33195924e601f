"""Every endpoint of the box and of head office, with and without rights: no fault of ours, no undocumented answers."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.api_fuzz import complaints
from tests.browser.serving import serve
from tests.contract.api.test_panel_endpoints import FIELD
from tests.contract.hub.test_hub_api import an_api
from tests.shop_fixture import CONFIG, run

SHORT = 1
"""Requests per endpoint in daily runs."""
WANTED = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Random requests per endpoint in the long run."""
LIMIT_S = 200 + 90 * WANTED


async def document_of(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


def box(folder: Path, examples: int, by_chance: bool = False, limit_s: float = 300) -> None:
    async def scenario() -> None:
        async with serve(folder) as served:
            nobody = {"Register": "1"}
            callers = (nobody, {**nobody, "Grant": served.site.door.token})
            document = await document_of(f"{served.url}/api/v1/openapi.json")
            assert await asyncio.to_thread(complaints, served.url, document, callers, examples, by_chance) == []

    run(scenario(), limit_s)


def office(dsn: str, examples: int, by_chance: bool = False) -> None:
    async def scenario() -> None:
        async with an_api(dsn) as house:
            program = await house.client("acme", "read", "publish", "publish:users", "publish:pin")
            document = await document_of(f"{house.base}/openapi.json")
            callers: tuple[dict[str, str], ...] = ({}, program.headers)
            assert await asyncio.to_thread(complaints, house.base, document, callers, examples, by_chance) == []

    asyncio.run(scenario())


def test_the_box_answers_what_its_description_says(tmp_path: Path) -> None:
    box(tmp_path, SHORT)


def test_head_office_answers_what_its_description_says(database: str) -> None:
    office(database, SHORT * 3)


ODD_FIELDS = ("1", "-", "%00", "%2e%2e%2fconfig.toml", "x" * 300, "%F0%9F%92%A9", "9" * 25)
ODD_BODIES = (None, b"", b"{", b"[]", b'{"code":5,"sku":[],"quantity":-1e400}', b"[" * 20_000, b"\xff\xfe")
ODD_QUERY = (
    *(("register", "1"), ("lang", "xx"), ("after", "9" * 25), ("text", "\0'\""), ("category", "%"), ("sku", "\0")),
    *(("take", "<script>"), ("place", "\u202e" * 99), ("from", "0000-00-00"), ("day", "x"), ("page", "-1")),
    *(("id", "9" * 25), ("seen", "\0"), ("line", "-1"), ("number", "1e9"), ("receipt", "-1"), ("order", "x" * 500)),
)

BROKEN_QUERY = "?register=%ff&lang=%c3%28&text=%ed%a0%80&day=%f5&sku=%fe%fe&order=%e2%28%a1&page=%ff"
"""Bytes that aren't UTF-8 (RFC 3629), as a stranger's browser may send them."""
BROKEN_COOKIES = {"Cookie": "session=\udcff\udcfe; pairing=%ff; cart=\udced\udca0\udc80; me=\udcff; lang=\udcc3("}


@pytest.mark.timeout(320)
def test_what_only_pages_ask_is_answered_without_a_fault_as_well(tmp_path: Path) -> None:
    """Fragments, kiosk, phones and links, which no API description contains."""

    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + "[orders]\nphones = true\n") as served, aiohttp.ClientSession() as web:
            nobody = {"Register": "1", "Origin": served.url, "Content-Type": "application/json"}
            callers = (nobody, {**nobody, "Grant": served.site.door.token})
            odd: list[str] = []
            seen: Counter[int] = Counter()
            beside = [
                one for one in served.site.declared.endpoints if not one.is_api and not one.path.startswith("/ws")
            ]
            pages = [("GET", page.path) for page in served.site.declared.pages.values()]
            for way, path in [*((one.method, one.path) for one in beside), *pages]:
                fields = ODD_FIELDS if "{" in path else ("",)
                cases = [(field, body) for field in fields for body in (ODD_BODIES if way == "POST" else (None,))]
                for place, (field, body) in enumerate(cases):
                    url = URL(served.url + FIELD.sub(field, path), encoded=True)
                    asked = url.with_query(ODD_QUERY) if place % 2 == 0 else url
                    async with web.request(way, asked, data=body, headers=callers[place % 3 > 0]) as answer:
                        seen[answer.status] += 1
                        if answer.status >= 500 and answer.status != 503:
                            odd.append(f"{way} {path} {field} {body!r:.40}: {answer.status}")
                broken = URL(served.url + FIELD.sub("1", path) + BROKEN_QUERY, encoded=True)
                async with web.request(way, broken, headers=callers[1] | BROKEN_COOKIES) as answer:
                    seen[answer.status] += 1
                    if answer.status >= 500 and answer.status != 503:
                        odd.append(f"{way} {path} with bytes that are no text: {answer.status}")
            assert odd == []
            assert seen[200] > 100 and not seen[429], seen

    run(scenario(), 280)


asked_for = pytest.mark.skipif(not WANTED, reason="by whoever looks for faults: FUZZ_EXAMPLES=30")
"""More of the fixed requests would find nothing new, so the long run only makes sense with random ones."""


@asked_for
@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 60)
def test_the_box_answers_so_whatever_is_asked(tmp_path: Path) -> None:
    box(tmp_path, WANTED, by_chance=True, limit_s=LIMIT_S)


@asked_for
@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 60)
def test_head_office_answers_so_whatever_is_asked(database: str) -> None:
    office(database, WANTED, by_chance=True)
