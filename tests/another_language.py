"""A language that nobody wrote: English in other letters, from right to left, laid beside ours as files.

`python -m tests.another_language FOLDER`, with a tree from `tree_with_language` in front of the module path: what pages
of a shop are then, as JSON by address.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from string import Formatter

import msgspec

from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

ROOT = Path(__file__).parents[1]
CODE = "yi"
"""CLDR knows it, and reads it from right to left; so Babel writes its sums and dates."""
RECORD = {
    "name": "⟦Made up⟧",
    "short": "⟦⟧",
    "direction": "rtl",
    "decimal": ".",
    "colon": ": ",
    "comma": ", ",
    "locale": CODE,
    "code_page": "cp1255",
}
LETTERS = str.maketrans(
    "abcdefghijklmnoprstuwyzABCDEFGHIJKLMNOPRSTUWYZ", "áƀćðéƒǧħíĵķłɱñöþŕšťúŵýžÅƁÇÐÉƑǦĦÎĴĶĿṀÑÖÞŔŠŦÛŴÝŽ"
)
PAGES = (
    *("/", "/kiosk", "/manager", "/manager/products", "/manager/stock", "/manager/orders", "/manager/customers"),
    *("/manager/promotions", "/manager/insight", "/manager/settings", "/manager/papers", "/manager/journal"),
)


def in_other_letters(sentence: str) -> str:
    """An English sentence between brackets, in letters that are not English; its gaps as they are."""
    made = ""
    for text, name, form, turn in Formatter().parse(sentence):
        made += text.translate(LETTERS).replace("{", "{{").replace("}", "}}")
        if name is not None:
            made += "{" + name + (f"!{turn}" if turn else "") + (f":{form}" if form else "") + "}"
    return f"⟦{made}⟧"


def tree_with_language(folder: Path) -> Path:
    """The product's package in `folder`, file by file the project's own, and the files of the language beside them."""
    for place, folders, names in os.walk(ROOT / "edge"):
        here = folder / Path(place).relative_to(ROOT)
        here.mkdir(parents=True)
        for name in [*names, *(one for one in folders if one == "__pycache__")]:
            (here / name).symlink_to(Path(place) / name)
        folders[:] = [one for one in folders if one != "__pycache__"]
    languages = folder / "edge" / "lib" / "i18n" / "languages"
    (languages / f"{CODE}.toml").write_bytes(msgspec.toml.encode(RECORD))
    for path in (languages.parent / "en.toml", *(folder / "edge").glob("*/*/words/en.toml")):
        path.with_name(f"{CODE}.toml").write_bytes(msgspec.toml.encode(_translated(path)))
    return folder


def _translated(path: Path) -> dict[str, dict[str, str | dict[str, str]]]:
    sections = msgspec.toml.decode(path.read_bytes(), type=dict[str, dict[str, str | dict[str, str]]])
    return {
        section: {
            key: in_other_letters(said)
            if isinstance(said, str)
            else {form: text if form == "by" else in_other_letters(text) for form, text in said.items()}
            for key, said in table.items()
        }
        for section, table in sections.items()
    }


async def _pages(folder: Path) -> dict[str, str]:
    async with serve(folder) as served, calling(served) as caller:
        found = {}
        for path in PAGES:
            answer = await caller.get(f"{path}?lang={CODE}", Grant=caller.token, Surface="panel")
            assert answer.status == 200, (path, answer)
            found[path] = answer.text
        return found


if __name__ == "__main__":
    made = Path(sys.argv[1])
    (made / "pages.json").write_bytes(msgspec.json.encode(run(_pages(made))))
