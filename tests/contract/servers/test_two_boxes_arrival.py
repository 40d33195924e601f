"""A page from a box that ended brings along its unanswered commands. A link from a stranger brings nothing."""

from __future__ import annotations

import html
import re
import secrets
from pathlib import Path

import aiohttp
import pytest

from edge.web.two_boxes import CARRIED, CARRIED_CHARS, TWO_BOXES, TwoBoxes
from tests.browser.serving import serve
from tests.shop_fixture import run

CALLED = '[["Pay",{"kind":"card"},"018f"]]'


def test_only_who_has_a_ticket_brings_commands_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession() as session:

            async def arrives(ticket: str, carried: str) -> dict[str, str]:
                query = {"ticket": ticket, "to": "/?register=1#box-leads", "carried": carried}
                async with session.get(f"{served.url}/twin/arrive", params=query) as answer:
                    assert answer.status == 200
                    return {name: cookie.value for name, cookie in answer.cookies.items()}

            pages = (served.url, "http://other.invalid")
            served.site.services.put(TWO_BOXES, TwoBoxes("1", lambda: pages, lambda: True, secrets.token_bytes(32)))
            async with session.post(f"{served.url}/twin/ticket") as answer:
                ticket = (await answer.json())["ticket"]
            assert "Pay" in (await arrives(ticket, CALLED))[CARRIED]
            assert CARRIED not in await arrives(ticket[:-2] + "00", CALLED)
            assert CARRIED not in await arrives("", CALLED)
            assert CARRIED not in await arrives(ticket, "x" * (CARRIED_CHARS + 1)), "a browser keeps no such cookie"

    run(scenario())


@pytest.mark.parametrize(
    "to",
    [
        *("/\\evil.example/", "//evil.example/", "/\\/evil.example", "\\\\evil.example", "https://evil.example/"),
        *("/\t/evil.example/", "/\n\\evil.example", " //evil.example", "javascript:alert(1)", "/..//evil.example/"),
        *("http://[", "data:text/html,x", "/%5C\\evil.example"),
    ],
)
def test_it_leads_to_pages_of_this_box_alone(tmp_path: Path, to: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession() as session:
            async with session.get(f"{served.url}/twin/arrive", params={"to": to}) as answer:
                text = await answer.text()
            (path,) = re.findall(r'content="0;url=([^"]*)"', text)
            read = html.unescape(path).replace("\\", "/")
            assert re.match(r"/(?!/)", read), text
            async with session.get(f"{served.url}/twin/arrive", params={"to": "/manager?a=1&b=2#c"}) as answer:
                assert "0;url=/manager?a=1&amp;b=2#c" in await answer.text()

    run(scenario())
