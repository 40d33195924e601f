"""Figures that a page shows, with where they open, and whether what they open to adds up to what was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape

from tests.browser.calling import Caller

_APART = re.compile(r"<(form|script|table|svg|ul)\b.*?</\1>", re.S)
_ENTRY = re.compile(r"<dd\b(?:(?!</dd>).)*</dd>", re.S)
_MADE_OF = 'id="margin-of"'
"""What a margin is made of, said beside it."""
_CARD_TOP = re.compile(r'<h2><a [^>]*>[^<]*</a></h2><p class="figure".*?</p>', re.S)
_PARAGRAPH, _LINKED = re.compile(r"<p\b(?:(?!</p>).)*</p>", re.S), re.compile(r"<a .*?</a>", re.S)
_MONEY = re.compile(r"[€$₪]\W*\d")
ADDS_UP, CHAIN_HOLDS = 'id="adds-up" class="hint"', 'id="chain" class="hint"'
FIGURE = "/manager/figure?"
_OPENED = re.compile(r'<a class="opens" href="([^"#]*)">(.*?)</a>', re.S)
_ROW = re.compile(r"<tr(?:(?!</tr>).)*</tr>", re.S)
_SUM = re.compile(r'<td class="sum"[^>]*>((?:(?!</td>).)*)</td>', re.S)
_LINK = re.compile(r'<a(?! class="opens")[^>]* href="(/manager/figure\?[^"#]*)"')
_FOOT = re.compile(r"<tfoot>.*?</tfoot>|<p class=\"figure\" id=\"value\">.*?</p>", re.S)
"""What an opened figure comes to: its sums, and the ratio of both."""
_CARD = re.compile(
    r'<h2><a href="(/manager/figure\?[^"#]*)">(?:(?!</section>).)*?<p class="figure"[^>]*>(.*?)</p>', re.S
)


def numbers_of(html: str) -> set[str]:
    """The numbers of a text, without signs, currencies and units."""
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return {one.rstrip(".,") for one in re.findall(r"\d[\d.,]*", text)}


def figures_shown(page: str, of_rows: bool = True) -> Iterator[tuple[str, set[str]]]:
    """Where each figure of a page opens, and its numbers: cells and sentences that open, and rows and cards whose name
    opens. Shares of a whole are left out; what they open to has both sides."""
    main = page[page.index("<main") : page.index("</main>")]
    for link, inner in _CARD.findall(main):
        yield unescape(link), set() if "%" in inner else numbers_of(inner)
    for link, inner in _OPENED.findall(main):
        if link.startswith(FIGURE):
            yield unescape(link), set() if "%" in inner else numbers_of(inner)
    for row in _ROW.findall(main) if of_rows else ():
        if link := _LINK.search(row):
            closed = [cell for cell in _SUM.findall(row) if "<a " not in cell and "%" not in cell]
            yield unescape(link[1]), set().union(*map(numbers_of, closed))


def closed_sentences(page: str) -> list[str]:
    """The paragraphs and entries of a page, outside tables and cards whose name opens, that say a sum of money and
    don't open."""
    main = _CARD_TOP.sub("", _APART.sub("", page[page.index("<main") : page.index("</main>")]))
    said = [*_PARAGRAPH.findall(main), *(one for one in _ENTRY.findall(main) if _MADE_OF not in one)]
    return [one for one in said if _MONEY.search(_LINKED.sub("", unescape(one)))]


async def unexplained(caller: Caller, page: str, **headers: str) -> list[object]:
    """Figures of a page's cells that open to nothing, don't add up, or add up to something else."""
    return await unexplained_of(caller, figures_shown(page, of_rows=False), **headers)


async def unexplained_of(caller: Caller, figures: Iterable[tuple[str, set[str]]], **headers: str) -> list[object]:
    """The same of some figures."""
    wrong: list[object] = []
    for link, numbers in figures:
        answer = await caller.get(f"{link}&lang=en", **headers)
        total = numbers_of("".join(_FOOT.findall(answer.text)))
        opens = answer.status == 200 and ADDS_UP in answer.text and CHAIN_HOLDS in answer.text
        if not opens or not numbers <= total:
            wrong.append((link, answer.status, numbers, total))
    return wrong
