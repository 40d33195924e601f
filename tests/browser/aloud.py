"""What a page is to someone who hears it: its accessibility tree, as Playwright writes it (`aria_snapshot`)."""

from __future__ import annotations

import re
from collections import Counter

from playwright.async_api import Page

_LINE = re.compile(r"""\s*- ['"]?(\w+)(?: "((?:[^"\\]|\\.)*)")?(.*)""")
_LEVEL = re.compile(r"level=(\d)")
CONTROLS = {"button", "link", "checkbox", "combobox", "textbox", "searchbox", "spinbutton", "switch", "slider", "radio"}
TOLD_APART = CONTROLS - {"link", "radio"}
"""Links of one name lead to one place, and radio buttons stand in a group."""


NAMED = """() => document.querySelector('body[data-spoken]:not(.locked)')
  || !document.querySelector('script[src$="/spoken_names.js"]')"""
"""A manager's page names its controls by a script; tills and kiosks come with their names."""


async def unclear(page: Page, where: str, within: str = "body") -> list[str]:
    """What of a page, or `within` an open dialog, doesn't say what it is for when it is read alone: controls without a
    name, or with one that others have, too; tables without one; headings that skip a level, or begin with another than
    the page's title. What is found is looked at again, as rows that the page just fetched are named a moment later."""
    return await _unclear(page, where, within) and await _unclear(page, where, within)


async def _unclear(page: Page, where: str, within: str) -> list[str]:
    await page.wait_for_function(NAMED)
    found, names, level = [], Counter[tuple[str, str]](), 0 if within == "body" else 1
    for line in (await page.locator(within).aria_snapshot()).splitlines():
        read = _LINE.match(line)
        if read is None:
            continue
        role, name, rest = read[1], read[2] or "", read[3]
        if role in CONTROLS | {"table", "heading"} and not name:
            found.append(f"{where}: {line.strip()} has no name")
        if role in TOLD_APART:
            names[role, name] += 1
        if role == "heading":
            deep = _LEVEL.search(rest)
            now = int(deep[1]) if deep else 2
            if now > level + 1:
                found.append(f"{where}: heading {name!r} of level {now} comes after level {level}")
            level = now
    found += [f"{where}: {count} times {role} {name!r}" for (role, name), count in names.items() if count > 1]
    return found
