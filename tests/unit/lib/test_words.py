"""Whatever the shop says, it can say in every language, with the same gaps, and every refusal has a sentence."""

from __future__ import annotations

import ast
import codecs
import errno
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel import Locale
from babel.localedata import exists

from drivers.os_errors import WORDS, device_error
from edge.conversation.assistant.errands import doing
from edge.conversation.assistant.pages.speakers import tool_name
from edge.conversation.assistant.roster import all_tools
from edge.conversation.understanding.sentence import Kind
from edge.conversation.understanding.shopping import ORDER
from edge.core.messages import Command
from edge.core.writer import _DISK
from edge.counter.till.from_config import till_settings
from edge.foundation.access.rights import RIGHTS
from edge.goods.ingest.mapping.fields import GROUPS, SINGLE
from edge.goods.ingest.pages.columns import choices, label
from edge.goods.stock.commands import Cause
from edge.goods.stock.rules import TYPES
from edge.lib.i18n import ENGLISH, LANGUAGES, direction, own_name, spoken_name, translate, words
from edge.lib.i18n.plurals import Plural, categories, category
from edge.lib.i18n.translations import own_sentences, plurals
from edge.operations.ledger import build_registry
from edge.web.live.localizer import Localizer
from sync.link_errors import WORDS as LINK
from tests.shop_fixture import config

EDGE = Path(__file__).parents[3] / "edge"


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@cache
def sources() -> tuple[list[tuple[Path, ast.Call]], set[str]]:
    """Every call that makes a refusal, and every text, of the source, which is read once."""
    refused, said = [], set()
    for path in sorted(EDGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
            elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("Refused", "Problem"):
                refused.append((path.relative_to(EDGE), node))
    return refused, said


def refusals() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where, code and names of the values of every refusal in the source (None: the values come from elsewhere)."""
    for path, node in sources()[0]:
        codes = [arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        literal = [arg for arg in node.args if isinstance(arg, ast.Dict)]
        elsewhere = any(isinstance(arg, ast.Name | ast.Call) for arg in node.args[1:])
        elsewhere |= any(key is None for values in literal for key in values.keys)  # {**called(...)}
        names = {ast.literal_eval(key) for values in literal for key in values.keys if key}
        names |= {keyword.arg for keyword in node.keywords if keyword.arg}
        for code in codes[:1]:
            yield f"{path}:{node.lineno}", code, None if elsewhere else names


def sentence_of(code: str) -> str | None:
    """As the pages find it: a refusal of the shop, or of the API as such."""
    return words("en").get(f"refused.{code}") or words("en").get(f"api.{code}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_gaps(language: str) -> None:
    ours, english = own_sentences(language), own_sentences(ENGLISH)
    assert set(ours) == set(english)
    for key, said in ours.items():
        model = english[key]
        assert isinstance(said, Plural) == isinstance(model, Plural), key
        if isinstance(said, Plural) and isinstance(model, Plural):
            assert said.by == model.by, key
            wanted = gaps(model.forms["other"])
            assert gaps(said.forms["other"]) == wanted, key
            for form in said.forms.values():  # a form for one thing may say it in letters
                assert form.strip() and wanted - {said.by} <= gaps(form) <= wanted, key
        elif isinstance(said, str):
            assert said.strip() and gaps(said) == gaps(str(model)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_fills_a_sentence_by_a_code_is_called_as_people_call_it(language: str) -> None:
    """`{state:payments.state_}`: there are words that begin so, and no code is read by anyone."""
    forms = {form for text in words(language).values() for _, _, form, _ in Formatter().parse(text) if form}
    assert len(forms) > 5
    assert not [form for form in forms if not any(key.startswith(form) for key in words(language))]
    state = translate(language, "refused.payment_state", state="partly_refunded")
    assert words(language)["payments.state_partly_refunded"] in state and "partly_refunded" not in state
    promised = translate(language, "refused.stock_promised", name="", reserved=1, left=0, holders="cart, K12")
    assert f"{words(language)['stock.holder_cart']}, K12" in promised
    assert "purchase-3" in translate(language, "refused.location_promised", location="", holder="purchase-3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_counts_has_every_form_that_its_language_asks_for(language: str) -> None:
    wanted = categories(language)
    said = {key: set(plural.forms) for key, plural in plurals(language).items()}
    assert len(said) > 50
    lacking = {key: sorted(wanted - forms) for key, forms in said.items() if wanted - forms}
    assert not lacking, "forms by CLDR category (edge/lib/i18n/README.md)"
    assert not {key: sorted(forms - wanted) for key, forms in said.items() if forms - wanted}, "no number wants these"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_written_as_cldr_says(language: str) -> None:
    ours, cldr = LANGUAGES[language], Locale.parse(language)
    assert ours.direction == cldr.text_direction
    assert ours.decimal == cldr.number_symbols["latn"]["decimal"]
    assert ours.name.casefold() == str(cldr.languages[language]).casefold()
    assert exists(ours.locale) and codecs.lookup(ours.code_page)
    assert set(ours.alike) < cldr.plural_form.tags


def test_a_number_wants_its_form() -> None:
    assert [category("fr", value) for value in (0, 1, "1,5", 2, 10**6, "1\u202f000\u202f000", "many")] == [
        *("one", "one", "one", "other", "many", "many", "other")
    ]
    assert [category("he", value) for value in (0, 1, 2, 3, "2", "0.5")] == [
        "other",
        "one",
        "two",
        "other",
        "two",
        "one",
    ]
    assert [category("en", value) for value in (1, -1, "1.0", 2)] == ["one", "one", "other", "other"]


def test_languages_are_called_as_people_call_them() -> None:
    assert [own_name(code) for code in ("fr", "he", "xx")] == ["Français", "עברית", "xx"]
    assert [spoken_name("he", language) for language in ("en", "fr", "he")] == ["Hebrew", "hébreu", "עברית"]
    assert spoken_name("es", "fr") == "espagnol", "also one that we have no words in"


def test_every_refusal_has_a_sentence_whose_gaps_it_fills() -> None:
    found = list(refusals())
    assert len(found) > 30
    for place, code, values in found:
        sentence = sentence_of(code)
        assert sentence is not None, (
            f"{place}: no sentence says {code!r} ([refused] of its words, or [api] of edge/lib/i18n)"
        )
        if values is not None:
            assert gaps(sentence) <= values, f"{place}: {code!r} leaves {gaps(sentence) - values} open"


def test_no_sentence_is_kept_for_a_refusal_that_no_one_makes() -> None:
    said = sources()[1]
    kept = {key.removeprefix("refused.") for key in words("en") if key.startswith("refused.")}
    assert kept <= said, f"nobody says {sorted(kept - said)}"


def test_every_kind_of_fact_has_a_name_that_people_read(tmp_path: Path) -> None:
    named = {key.removeprefix("event.") for key in words("en") if key.startswith("event.")}
    assert named == set(build_registry(config(tmp_path)).events), "[event] in the words of its capability"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_long_work_is_called_something_and_so_is_what_it_counts(language: str, tmp_path: Path) -> None:
    known = words(language)
    kinds = build_registry(config(tmp_path)).jobs
    assert kinds and not [kind for kind in kinds if f"job.{kind}" not in known]
    assert not [what for what in ("rows", "prices", "baskets", "days") if f"import.{what}" not in known]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_an_assistant_may_be_asked_and_did_is_called_by_words(language: str) -> None:
    manager = all_tools()["manager"]
    others = {tool for serves, tools in all_tools().items() if serves != "manager" for tool in tools}
    did = {*get_args(Kind), *ORDER, "RecordMovement", "TransferStock", "tap", "question", "figures"}
    made = {name: one for name, one in vars(doing).items() if isinstance(one, type) and issubclass(one, Command)}
    did |= made.keys() - {"Command"}
    for place, tools in (("copilot", manager), ("kiosk", others), ("staff", did)):
        raw = sorted(tool for tool in tools if tool_name(language, place, tool) == tool)
        assert tools and not raw, (place, raw)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_goods_moved_is_said_in_words_on_reports(language: str) -> None:
    known = words(language)
    reasons = {one for of in TYPES.values() for one in of} | {one for one in get_args(Cause) if one}
    assert not [one for one in sorted(reasons) if f"moved_why.{one}" not in known]


def test_what_is_wrong_with_the_disk_can_be_said_in_every_language() -> None:
    for sentence in _DISK.values():
        assert f"why.{sentence.replace(' ', '_').replace('-', '_')}".replace("'", "_") in words("en"), sentence


def troubles() -> Iterator[tuple[str, str]]:
    """Where, and code of what drivers say of a device that can't do its work."""
    drivers = EDGE.parent / "drivers"
    for path in sorted(drivers.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "DeviceError":
                code = node.args[2] if len(node.args) > 2 else None
                assert code is not None or any(isinstance(arg, ast.Starred) for arg in node.args), (
                    f"{path.name}:{node.lineno} has no code, so that it can be said in English only"
                )
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield str(path.relative_to(drivers)), code.value


def test_every_trouble_of_a_device_can_be_said_in_every_language() -> None:
    said = [*troubles(), *(("faults.py", code) for code, _, _ in WORDS.values()), ("faults.py", "failed")]
    assert len(said) > 30
    for name, code in said:
        own = "printer" if name.startswith("printers/") else "device"
        for section in ("device", "printer") if name in ("faults.py", "serial_port.py") else (own,):
            for key in (f"{section}.{code}", f"{section}.{code}_do"):
                assert key in words("en"), f"{name}: nothing says {key}"


def test_only_printers_are_looked_at_for_paper() -> None:
    for err in (TimeoutError(), ConnectionResetError(errno.ECONNRESET, "reset")):
        assert "paper" in device_error(err, "receipt printer at 10.0.0.7:9100").advice
        for thing in ("camera at http://10.0.0.8/video", "scale on /dev/ttyS0"):
            advice = device_error(err, thing).advice
            assert "cable" in advice and not {"paper", "lid", "printer"} & set(advice.replace(",", "").split())


def test_every_state_of_the_link_to_head_office_can_be_said_in_every_language() -> None:
    assert set(link_codes()) <= set(LINK)
    for code, (why, advice) in LINK.items():
        assert (words("en")[f"link.{code}"], words("en")[f"link.{code}_do"]) == (why, advice)
    assert not [code for code, (why, _) in LINK.items() if "text" in gaps(why)], "a reason that is in English only"


def link_codes() -> Iterator[str]:
    """Codes that the source of sync uses."""
    for path in sorted((EDGE.parent / "sync").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("LinkLost", "Trouble"):
                yield from (arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant))


def test_a_sentence_is_filled() -> None:
    assert translate("fr", "refused.unknown_code", code="123") == "Aucun produit ne correspond au code 123."
    assert translate("he", "receipt.copy", copy=2) == "העתק 2"


def test_one_thing_is_told_as_one() -> None:
    assert translate("en", "office.tax_products", number="1") == "1 product"
    assert translate("en", "office.tax_products", number="12") == "12 products"
    assert [translate("fr", "office.tax_products", number=number) for number in "012"] == [
        "0 article",
        "1 article",
        "2 articles",
    ]
    assert [translate("he", "counter.parked_items", count=count) for count in (1, 2, 3)] == [
        "שורה אחת",
        "שתי שורות",
        "3 שורות",
    ]
    assert translate("fr", "office.tax_products", number=10**6) == "1000000 articles", "of a million it says no more"
    assert translate("en", "alert.transfer_late", store="north", days=1).endswith(" for 1 day")


def test_a_language_that_is_not_there_is_english_and_a_sentence_that_is_not_shows_its_key() -> None:
    assert translate("xx", "receipt.sale") == translate("en", "receipt.sale")
    assert translate("en", "receipt.nothing", number=5) == "receipt.nothing {'number': 5}"


def test_hebrew_goes_from_right_to_left() -> None:
    assert [direction(language) for language in ("en", "fr", "he")] == ["ltr", "ltr", "rtl"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_of_a_file_has_a_name_that_people_read(language: str) -> None:
    texts = Localizer(language, till_settings(config(Path())))
    parts = [f"{group}.1.{part}" for group, parts in GROUPS.items() for part in parts]
    fields = (*choices(), *SINGLE, *parts, "attribute.THC", "exact.THC", "axis.colour", "price.member", "code.2")
    for field in fields:
        called = label(field, texts)
        assert "field." not in called and "_" not in called, called
    assert label("attribute.THC", texts).endswith(" THC")


REPLACED = {
    "en": {
        "Set aside a basket",
        "Baskets set aside",
        "Nobody's basket",
        "Their wishes",
        "Go on",
        "Turn",
        "Keep",
        "Keep it",
        "A week before",
    },
    "fr": {"Panier sans client", "Ses souhaits", "Continuer", "Rang", "Conserver"},
    "he": {"סל ללא לקוח", "המשאלות שלהם"},
}
"""What the trade has another word for: Hold, Held baskets, Remove customer, Wish list, what a button does, Order, Save
(which is one word wherever something typed is taken over)."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_say_the_words_of_the_trade(language: str) -> None:
    wrong = {key: text for key, text in words(language).items() if text in REPLACED.get(language, ())}
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_right_and_every_part_has_a_name(language: str) -> None:
    known = own_sentences(language)
    assert not [right for right in RIGHTS if f"right.{right.replace('.', '_')}" not in known]
    parts = {name for path in EDGE.rglob("*.py") for name in re.findall(r'PartSpec\("(\w+)"', path.read_text())}
    assert len(parts) > 10 and not [part for part in sorted(parts) if f"part_name.{part}" not in known]


def test_a_doubted_sentence_is_of_another_language_than_english_and_says_what_is_in_doubt() -> None:
    """`# unsure: ...` at the end of its line, for whoever speaks the language (docs/changing.md)."""
    for path in sorted(EDGE.rglob("*.toml")):
        section = ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            section = line.strip("[] ") if line.startswith("[") else section
            before, mark, doubt = line.partition("# unsure")
            if not mark:
                continue
            place = f"{path.relative_to(EDGE)}:{number}"
            said = tomllib.loads(before)
            assert len(said) == 1 and said == tomllib.loads(line), f"{place}: no sentence stands before it"
            languages = {path.stem, *section.split("."), *said} & set(LANGUAGES)
            assert languages and ENGLISH not in languages, f"{place}: a sentence of no other language"
            assert re.fullmatch(r": .*\w{2}.*", doubt), f"{place}: it does not say what is in doubt"
