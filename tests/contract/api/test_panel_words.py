"""All texts of the pages exist in every language, which also writes its own sums, times and dates."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Refused
from edge.counter.till.from_config import till_settings
from edge.counter.till.pages.till_fragments import born, likely_sums
from edge.goods.ingest.pages import columns
from edge.lib.i18n import LANGUAGES, sentence, tax_name, words
from edge.lib.i18n.translations import plurals
from edge.operations.ledger import build_registry
from edge.web.capability_pages import folders
from edge.web.live.localizer import Localizer
from edge.web.live.rendering import FOLDER
from tests.golden.papers import settings
from tests.shop_fixture import config

KEY = re.compile(r"""t\(\s*["']([a-z]+\.\w+)["'](?:\s*\)|,)""")
FORMS = re.compile(r"""forms\(\s*["']([a-z_]+\.\w+)""")
PART = re.compile(r'Part\("([\w ]+)"')
RAW = re.compile(r"[a-z]\.[a-z]|_")
PREFIX = re.compile(r"""t\(\s*["']([a-z]+\.\w*)["']\s*~""")


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_say_only_what_there_are_words_for(language: str) -> None:
    known = words(language)
    for path in sorted(path for folder in (FOLDER / "templates", *folders()) for path in folder.rglob("*.html")):
        text = path.read_text()
        missing = [key for key in KEY.findall(text) if sentence(language, key, {}) is None]
        assert not missing, path.name
        assert all(key in plurals(language) for key in FORMS.findall(text)), path.name
        for prefix in PREFIX.findall(text):
            assert any(key.startswith(prefix) for key in known), (path.name, prefix)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_that_is_no_device_has_a_name(language: str, tmp_path: Path) -> None:
    source = (FOLDER.parent / "app" / "appliance.py").read_text()
    registry = build_registry(config(tmp_path))
    following = [projector.name for projector in registry.projectors if not projector.strict]
    names = [*PART.findall(source), *following]
    assert len(names) > 10
    assert not [name for name in names if f"part_name.{name.replace(' ', '_')}" not in words(language)]


def test_money_quantities_and_reasons_in_each_language(tmp_path: Path) -> None:
    settings = till_settings(config(tmp_path))
    en, fr, he = (Localizer(language, settings) for language in ("en", "fr", "he"))
    assert [texts.money(123450) for texts in (en, fr)] == ["€1,234.50", "1\u202f234,50\u00a0€"]
    assert "1,234.50" in he.money(123450)
    assert he.money(-120) == "\u200f\u200e-1.20\u00a0\u200f€"
    assert [texts.quantity(1250) for texts in (en, fr, he)] == ["1.25", "1,25", "1.25"]
    assert fr.refusal(Refused("read_only", {"why": "the disk is full"})).startswith(
        "La caisse ne peut pas enregistrer : le disque est plein."
    )
    assert "Free up some space" in en.refusal(Refused("read_only", {"why": "the disk is full"}))
    damaged = en.refusal(Refused("read_only", {"why": "the ledger is damaged"}))
    assert "Stop selling on this box" in damaged and "no data is lost" not in damaged
    unforeseen = Refused("read_only", {"why": "a mouse bit the cable"})
    assert en.refusal(unforeseen) == "The till can't save: a mouse bit the cable."
    assert en.time(1_800_000_000_000_000) == "09:00", "in Paris nobody says 9:00 AM"


def test_sums_that_customers_hand_over() -> None:
    assert likely_sums(4451, "EUR") == (4500, 5000, 6000, 10000)
    assert likely_sums(120, "EUR") == (150, 200, 500, 1000)
    assert likely_sums(1234, "EUR") == (1300, 1500, 2000, 5000)
    assert likely_sums(2000, "ILS") == (5000, 10000, 20000)
    assert likely_sums(85, "EUR")[:2] == (90, 100)
    assert likely_sums(19090, "ILS") == (19100, 19500, 20000), "there is no note of 500 or more"
    assert likely_sums(1234, "JPY") == (1300, 1500, 2000, 5000)
    assert likely_sums(1234, "XXX") == (1300, 1500, 2000, 5000)
    assert likely_sums(0, "EUR") == ()


def test_who_is_old_enough() -> None:
    assert born(date(2026, 11, 20), 18) == date(2008, 11, 20)
    assert born(date(2028, 2, 29), 18) == date(2010, 2, 28)


@pytest.mark.parametrize(
    ("language", "zone", "country", "shown"),
    [
        ("en", "Asia/Jerusalem", "", "15/01/2027, 10:00"),
        ("en", "Europe/Paris", "", "15/01/2027, 09:00"),
        ("en", "America/New_York", "", "1/15/27, 3:00 AM"),
        ("en", "Europe/Paris", "US", "1/15/27, 9:00 AM"),
        ("en", "UTC", "", "15/01/2027, 8:00 am"),
        ("fr", "Asia/Tel_Aviv", "", "15/01/2027 10:00"),
        ("he", "Asia/Jerusalem", "", "15.1.2027, 10:00"),
    ],
)
def test_dates_are_written_as_in_the_shops_country(language: str, zone: str, country: str, shown: str) -> None:
    there = Localizer(language, msgspec.structs.replace(settings("en"), zone=zone, country=country))
    assert there.moment(1_800_000_000_000_000).replace("\u202f", " ") == shown


@pytest.mark.parametrize(
    ("language", "name", "said"),
    [
        ("fr", "VAT", "TVA"),
        ("he", "VAT", "מע״מ"),
        ("en", "TVA", "VAT"),
        ("fr", "QST", "TVQ"),
        ("fr", "Sin tax", "Sin tax"),
    ],
)
def test_a_tax_is_called_as_each_language_calls_it(language: str, name: str, said: str) -> None:
    assert tax_name(language, name) == said


def test_no_page_and_no_paper_calls_a_tax_otherwise() -> None:
    written = [path for path in Path("edge").rglob("*") if path.suffix in (".html", ".xml")]
    assert len(written) > 100
    assert [path for path in written if re.search(r"(?<!tax_name\()tax\.name", path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("country", "home", "shown", "foreign"),
    [
        ("CA", "CAD", {"en": "$12.50", "fr": "12,50 $", "he": "12.50 $"}, {"USD": "US$1.00", "AUD": "A$1.00"}),
        ("AU", "AUD", {"en": "$12.50", "fr": "12,50 $", "he": "12.50 $"}, {"USD": "US$1.00", "CAD": "CA$1.00"}),
        ("US", "USD", {"en": "$12.50", "fr": "12,50 $", "he": "12.50 $"}, {"CAD": "CA$1.00"}),
        ("FR", "EUR", {"en": "€12.50", "fr": "12,50 €", "he": "12.50 €"}, {"USD": "$1.00"}),
        ("IL", "ILS", {"en": "₪12.50", "fr": "12,50 ₪", "he": "12.50 ₪"}, {"USD": "$1.00"}),
    ],
)
def test_a_shops_own_dollar_is_a_dollar_and_no_other_is(
    country: str, home: str, shown: dict[str, str], foreign: dict[str, str]
) -> None:
    plain = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200f": None, "\u200e": None})
    for language, wanted in shown.items():
        texts = Localizer(language, msgspec.structs.replace(settings("en"), currency=home, country=country))
        assert texts.money(1250).translate(plain) == wanted
        assert texts.money(100, "XYZ").translate(plain).count("XYZ") == 1
        if language == "en":
            assert {one: texts.money(100, one).translate(plain) for one in foreign} == foreign


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_files_are_called_by_words_whatever_they_are(language: str) -> None:
    texts = Localizer(language, settings(language))
    others = ("category_tree", "attribute.THC", "exact.CBD", "pack.1.code", "price.member", "quick_key")
    fields = (*columns.choices(), *others)
    raw = [field for field in fields if RAW.search(columns.label(field, texts))]
    assert not raw, "a word's key is no word"
