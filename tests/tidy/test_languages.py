"""A language is its files: no template, script or source names one, but where the language itself is the matter."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from edge.lib.i18n import ENGLISH, LANGUAGES
from tests.tidy.tree import ROOT, files, parsed, text_of

CODES = "|".join(LANGUAGES)
WRITTEN = re.compile(rf"""(?<!lang=)["'](?:{CODES})["']|[{{,]\s*(?:{CODES}):""")
"""A code as a text or a key; not a part of a page that says what it is written in."""
MAY_NAME = {
    "edge/lib/i18n/": "English is what programs say",
    "edge/app/demo": "what the demo's shop sells has names in the languages that it is shown in",
    "edge/app/cli/fiscal": "law, by country",
    "edge/runtime/config/codes.py": "prefixes of weights, by country",
    "edge/runtime/config/first.py": "law, by country",
    "edge/lib/codes/ranges.py": "prefixes of weights, by country",
    "edge/accounting/fiscal/service/": "law, by country",
    "edge/conversation/understanding/amounts.py": "grammar",
    "edge/conversation/understanding/going_on.py": "grammar",
    "edge/conversation/understanding/lexicon.py": "grammar",
    "edge/conversation/understanding/listed_names.py": "grammar",
    "edge/conversation/understanding/numerals.py": "grammar",
    "edge/conversation/understanding/reading/": "grammar",
    "edge/conversation/understanding/sentence.py": "grammar",
    "edge/conversation/understanding/shopping.py": "grammar",
    "edge/conversation/understanding/speech_input.py": "grammar",
    "edge/conversation/understanding/whereabouts.py": "grammar",
    "edge/accounting/fiscal/": "law, by country",
    "edge/goods/ingest/mapping/mapping.py": "whose letters a name is in",
    "edge/money/payments/slip.py": "in which a debit network wants its slips",
    "edge/web/static/read_amount.js": "signs of currencies as they are written in English too",
    "sync/hub/api/page/common.js": "which country's dates English is written with",
    "sync/schema_example.py": "an example",
}
KINDS = (".py", ".html", ".js", ".xml")


def named(path: Path) -> Iterator[str]:
    """`path:line` of every code that a file names."""
    if path.suffix == ".py":
        tree = parsed(path) if WRITTEN.search(text_of(path)) else ast.Module([], [])
        lines = {one.lineno for one in ast.walk(tree) if isinstance(one, ast.Constant) and one.value in LANGUAGES}
    else:
        lines = {at for at, line in enumerate(text_of(path).splitlines(), 1) if WRITTEN.search(line)}
    yield from (f"{path}:{line}" for line in sorted(lines))


def test_languages_are_named_by_their_files_alone() -> None:
    sources = [path for folder in ("edge", "sync") for path in files(*KINDS, under=folder)]
    found = [place for path in sources for place in named(path)]
    wrong = [place for place in found if not place.startswith(tuple(MAY_NAME))]
    assert not wrong, "ask the records of edge/lib/i18n/languages, or say here why this is of one language"
    unneeded = [start for start in MAY_NAME if not any(place.startswith(start) for place in found)]
    assert not unneeded, "these name none any more"


def test_a_language_has_all_files_that_another_has() -> None:
    """What lies in a folder a file a language, such as the words of a capability, is there in each of them."""
    kept = [path for path in files(".toml", under="edge") if path.stem in LANGUAGES]
    folders = {path.parent for path in kept if path.stem == ENGLISH}
    assert len(folders) > 30
    missing = [folder / f"{code}.toml" for folder in folders for code in LANGUAGES]
    assert not [str(path) for path in missing if not (ROOT / path).exists()]


def test_no_template_writes_the_colon_behind_a_label_itself() -> None:
    """French has a space before it: `{{ colon }}`, of the language's record."""
    pages = [page for page in (ROOT / "edge").rglob("*.html") if re.search(r"(\}\}|</\w+>)\s?: ", page.read_text())]
    assert pages == []
