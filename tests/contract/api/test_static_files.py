"""Styles and scripts: browsers keep them until the appliance's version changes."""

from __future__ import annotations

import re
from pathlib import Path

from edge.web.assets import version_of
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

ASKED = """() => performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/static/") && one.transferSize > 0).map((one) => one.name)"""
NAMED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def test_a_page_names_files_that_a_browser_may_keep(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for page in ("/", "/kiosk?register=kiosk", "/display"):
                named = NAMED.findall((await caller.get(page)).text)
                assert len(named) > 5, page
                for path in named:
                    answer = await caller.get(path)
                    assert (answer.status, answer.headers.get("Cache-Control")) == (
                        200,
                        "public, max-age=31536000, immutable",
                    ), path

    run(scenario())


def test_a_page_of_another_version_gets_what_there_is_and_keeps_none_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for path in ("/static/0123456789abcdef/ids.js", "/static/ids.js"):
                answer = await caller.get(path)
                assert (answer.status, answer.headers.get("Cache-Control")) == (200, "no-store"), path
            for path in ("/static/0123456789abcdef/none.js", "/static/none.js", "/static/../app.py"):
                assert (await caller.get(path)).status == 404, path

    run(scenario())


def test_the_address_changes_with_any_file(tmp_path: Path) -> None:
    style, script = tmp_path / "a.css", tmp_path / "b.js"
    style.write_text("body {}")
    script.write_text("1;")
    files = {"a.css": style, "b.js": script}
    before = version_of(files.items())
    assert version_of(reversed(files.items())) == before
    script.write_text("2;")
    after = version_of(files.items())
    assert after != before
    assert version_of({"a.css": style, "c.js": script}.items()) not in (before, after)


def test_who_opens_the_till_again_waits_for_no_style_and_no_script(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await page.open(served)
            assert len(await page.page.evaluate(ASKED)) > 30
            await page.page.goto("about:blank")
            await page.open(served)
            assert await page.page.evaluate(ASKED) == []

    run(scenario())
