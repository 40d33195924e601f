"""The answers of a leading box that was paused for a moment and can't know whether it still leads."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import chain, repeat
from pathlib import Path

import aiohttp
import pytest

from edge.web.two_boxes import TWO_BOXES, TwoBoxes
from tests.browser.serving import serve
from tests.shop_fixture import MILK, run

ADD = "/api/v1/commands/AddLine"


@asynccontextmanager
async def _led(folder: Path, leads: Callable[[], bool]) -> AsyncIterator[aiohttp.ClientSession]:
    async with serve(folder) as served:
        pages = (served.url, "http://other.invalid")
        served.site.services.put(TWO_BOXES, TwoBoxes("1", lambda: pages, leads, secrets.token_bytes(32)))
        async with aiohttp.ClientSession(served.url, headers={"Register": "1"}) as session:
            yield session


def test_a_line_that_comes_in_such_a_moment_is_taken_as_soon_as_the_box_knows(tmp_path: Path) -> None:
    async def scenario() -> None:
        is_known = chain(repeat(False, 3), repeat(True))
        async with (
            _led(tmp_path, lambda: next(is_known)) as session,
            session.post(ADD, json={"code": MILK}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    run(scenario())


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "Neither box"), ("fr", "Aucun des deux"), ("he", "אף אחד מהשרתים")]
)
def test_it_says_what_is_so_and_when_to_come_again(tmp_path: Path, language: str, sentence: str) -> None:
    async def scenario() -> None:
        async with _led(tmp_path, lambda: False) as session:
            async with session.post(ADD, json={"code": MILK}, headers={"Accept-Language": language}) as answer:
                said = await answer.json(content_type="application/problem+json")
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
                assert said["code"] == "no_leader" and sentence in said["detail"]
            async with session.get(f"/?register=1&lang={language}", headers={"Accept": "text/html"}) as page:
                assert (page.status, page.headers["Retry-After"]) == (503, "1")
                assert sentence in await page.text()

    run(scenario())
