"""The pages for owners are there in every language, and name what really stands on the pages of the shop."""

import re
from pathlib import Path

import pytest

from edge.lib.i18n import LANGUAGES
from edge.lib.i18n.translations import words
from tests.tidy.tree import ROOT

OWNER = ROOT / "docs" / "owner"
PAGES = {
    *("0-what-you-need.md", "1-install.md", "2-first-day.md", "3-every-day.md", "4-when-it-does-not-work.md"),
    *("5-keys-and-promotions.md", "6-gift-cards-and-refunds.md", "7-people-and-rights.md"),
    *("8-the-month-for-the-accountant.md", "9-the-law-of-your-country.md", "10-a-second-box.md"),
    *("11-voices-and-faces.md", "12-orders-a-kiosk-and-deliveries.md", "13-several-shops.md"),
}
PICTURE_BYTES = 60_000
NAMED = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


def pages(language: str) -> list[Path]:
    return sorted((OWNER / language).glob("*.md"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_and_short(language: str) -> None:
    assert {path.name for path in pages(language)} == PAGES
    assert all(len(path.read_text().splitlines()) <= 60 for path in pages(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_in_bold_stands_on_a_page_or_begins_a_paragraph(language: str) -> None:
    known = set(words(language).values())
    for path in pages(language):
        named = [" ".join(name.split()) for name in NAMED.findall(path.read_text())]
        assert named, path
        assert [name for name in named if name not in known and not name.endswith((".", "?"))] == [], path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_illustrated_by_small_pictures(language: str) -> None:
    for path in pages(language):
        shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", path.read_text())
        assert shown, path
        assert all(0 < (path.parent / name).stat().st_size <= PICTURE_BYTES for name in shown), path


def test_languages_name_the_same_things() -> None:
    """A page that was changed in one language alone would name more, or fewer, buttons."""
    for name in PAGES:
        counts = {len(NAMED.findall((OWNER / language / name).read_text())) for language in LANGUAGES}
        assert len(counts) == 1, name
