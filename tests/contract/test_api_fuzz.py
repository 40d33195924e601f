"""Every endpoint of the box and of head office, with and without rights: no fault of ours, nothing undocumented."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.api_fuzz import complaints
from tests.browser.serving import serve
from tests.contract.test_hub_api import an_api
from tests.shop_fixture import run

SHORT = 1
"""Requests for each endpoint every day."""
WANTED = int(os.environ.get("FUZZ_EXAMPLES", "0"))
"""Of the long form, by chance, by whoever looks for faults; else it asks the same few of every run."""
LONG = WANTED or 3
LIMIT_S = 200 + 90 * WANTED


async def document_of(url: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.json()


def box(folder: Path, examples: int, by_chance: bool = False, limit_s: float = 150) -> None:
    async def scenario() -> None:
        async with serve(folder) as served:
            nobody = {"Register": "1"}
            callers = (nobody, {**nobody, "Grant": served.site.token})
            document = await document_of(f"{served.url}/api/v1/openapi.json")
            assert await asyncio.to_thread(complaints, served.url, document, callers, examples, by_chance) == []

    run(scenario(), limit_s)


def office(dsn: str, examples: int, by_chance: bool = False) -> None:
    async def scenario() -> None:
        async with an_api(dsn) as house:
            program = await house.client("acme", "read", "publish", "publish:users", "publish:pin")
            document = await document_of(f"{house.base}/openapi.json")
            callers = ({}, program.headers)
            assert await asyncio.to_thread(complaints, house.base, document, callers, examples, by_chance) == []

    asyncio.run(scenario())


def test_the_box_answers_what_its_description_says(tmp_path: Path) -> None:
    box(tmp_path, SHORT)


def test_head_office_answers_what_its_description_says(database: str) -> None:
    office(database, SHORT * 3)


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 60)
def test_the_box_answers_so_whatever_is_asked(tmp_path: Path) -> None:
    box(tmp_path, LONG, by_chance=WANTED > 0, limit_s=LIMIT_S)


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 60)
def test_head_office_answers_so_whatever_is_asked(database: str) -> None:
    office(database, LONG, by_chance=WANTED > 0)
