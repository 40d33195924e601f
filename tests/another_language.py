"""A language that no one wrote: English in other letters, from right to left, laid beside ours as one folder.

`python -m tests.another_language FOLDER`, with a tree from `tree_with_language` in front of the module path: what pages
of a shop are then, as JSON by address.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from string import Formatter

import msgspec

from edge.app.head_office.hub_office_mail import page_words
from edge.conversation.understanding.understood import understood_language
from edge.lib.i18n import ENGLISH, own_name
from edge.lib.units.containers import container_forms
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
    """The product's package in `folder`, file by file the project's own, and the language's folder beside them."""
    for place, folders, names in os.walk(ROOT / "edge"):
        here = folder / Path(place).relative_to(ROOT)
        here.mkdir(parents=True)
        for name in [*names, *(one for one in folders if one == "__pycache__")]:
            (here / name).symlink_to(Path(place) / name)
        folders[:] = [one for one in folders if one != "__pycache__"]
    languages = folder / "edge" / "lib" / "i18n" / "languages"
    own = languages / CODE
    (own / "understanding").mkdir(parents=True)
    (own / "units").mkdir()
    (own / "language.toml").write_bytes(msgspec.toml.encode(RECORD))
    said: dict[str, dict[str, str | dict[str, str]]] = {}
    for path in (languages.parent / "en.toml", *sorted((folder / "edge").glob("*/*/words/en.toml"))):
        for section, table in _translated(path).items():
            said.setdefault(section, {}).update(table)
    (own / "words.toml").write_bytes(msgspec.toml.encode(said))
    containers = msgspec.toml.decode((ROOT / "edge/lib/units/containers_words/en.toml").read_bytes())
    containers["can"]["one"] = [in_other_letters("can")]
    (own / "units" / "containers_words.toml").write_bytes(msgspec.toml.encode(containers))
    vocabulary = ROOT / "edge/conversation/understanding/vocabulary/en.toml"
    (own / "understanding" / "vocabulary.toml").write_bytes(vocabulary.read_bytes())
    (own / "page").mkdir()
    office = json.loads((ROOT / "sync/hub/api/page/words.json").read_bytes())[ENGLISH]
    (own / "page" / "words.toml").write_bytes(msgspec.toml.encode({"title": in_other_letters(office["title"])}))
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
    known = (
        own_name(CODE),
        understood_language(CODE),
        container_forms(CODE)["can"].one[0],
        page_words()[CODE]["title"],
    )
    (made / "known.json").write_bytes(msgspec.json.encode(known))
