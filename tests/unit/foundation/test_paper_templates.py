"""Papers are data: what a template may do, and what happens when it can't."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edge.core.process import child
from edge.foundation.printing.document import Cell, Document, Logo, Pair, Row, TemplateBlock, Text
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.service import paper_picture
from edge.foundation.printing.templates import clean, render_template
from edge.lib.errors import ConfigError
from edge.runtime.config.device_uses import PaperOptions

SHOP = {"header": ["Corner Shop"], "footer": [], "tax_number": "", "zone": "Europe/Paris", "currency": "EUR"}
VOID = {"sale": 7, "reason": "dented", "total_minor": 250, "currency": "EUR"}


def void(**more: object) -> TemplateBlock:
    data = {"shop": SHOP, "void": VOID, "sale": None, "number": "1-000008", "at_us": 1_795_169_712_000_000, "copy": 0}
    return TemplateBlock("till/void", {**data, **more})


def own(folder: Path, markup: str) -> str:
    """A shop's folder with its own paper for voids."""
    (folder / "till").mkdir()
    (folder / "till" / "void.xml").write_text(markup, encoding="utf-8")
    return str(folder)


def test_times_are_those_of_the_shop_and_sums_those_of_its_currency() -> None:
    text = plain_text(Document("en", (void(),)))
    assert "20/11/2026 11:15" in text
    assert "-2.50 EUR" in text
    assert "JPY" in plain_text(
        Document("en", (void(void={**VOID, "currency": "JPY"}, shop={**SHOP, "currency": "JPY"}),))
    )


@pytest.mark.parametrize(
    ("language", "zone", "country", "written"),
    [
        ("he", "Asia/Jerusalem", "", "20.11.2026"),
        ("fr", "Europe/Paris", "", "20/11/2026"),
        ("en", "America/New_York", "", "11/20/2026"),
        ("fr", "America/Toronto", "", "2026-11-20"),
        ("en", "UTC", "IL", "20/11/2026"),
    ],
)
def test_days_on_papers_are_as_the_shops_country_writes_them(
    language: str, zone: str, country: str, written: str
) -> None:
    shop = {**SHOP, "zone": zone, "country": country}
    assert written in plain_text(Document(language, (void(shop=shop),)))
    terms = {"shop": shop, "name": "Autumn", "share": 10, "sum_minor": 0, "code": "C"}
    terms |= {"starts": "2026-11-20", "ends": "2026-12-31"}
    assert written in plain_text(Document(language, (TemplateBlock("coupons/coupon", terms),)))


def test_a_shop_has_papers_of_its_own(tmp_path: Path) -> None:
    folder = own(
        tmp_path,
        '<text size="2">{{ say("receipt.void") }} {{ void.sale }}</text>\n'
        '<row bold="true"><cell>{{ void.reason }}</cell><cell width="8" align="end">{{ money(5) }}</cell></row>',
    )
    assert render_template(void(), "fr", folder) == (
        Text("ANNULATION 7", size=2),
        Row((Cell("dented"), Cell("0,05", 8, "end")), bold=True),
    )


def test_a_preview_shows_the_shops_own_papers_and_its_logo(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("1", (64, 24)).save(logo)
    options = PaperOptions(logo=str(logo), templates=own(tmp_path, '<text size="2">{{ void.reason }}</text>'))
    asked = paper_picture.DrawPaper(Document("en", (Logo(), void())), options)
    seen = child.ask(paper_picture.MODULE, msgspec.json.encode(asked), 60)
    assert seen == paper_picture.draw_paper(asked.document, options)
    assert seen != paper_picture.draw_paper(asked.document, PaperOptions(logo=str(logo)))


@pytest.mark.parametrize(
    "markup",
    [
        "<text>{{ missing }}</text>",
        "<text>not closed",
        "<blink>no such row</blink>",
        '<text size="7">no such size</text>',
        "lost words <rule/>",
        "{% for %}",
        "<text>{{ void.__class__.__mro__ }}</text>",
        "<text>{{ 1 // 0 }}</text>",
        "{% for n in range(99999999) %}<rule/>{% endfor %}",
        "<text>{{ 'x' * 2000000 }}</text>",
        "{% include '../../etc/passwd' %}",
    ],
)
def test_a_slip_in_a_paper_of_the_shop_costs_no_receipt(tmp_path: Path, markup: str) -> None:
    assert render_template(void(), "en", own(tmp_path, markup)) == render_template(void(), "en")


def test_a_paper_that_no_one_has_is_said() -> None:
    with pytest.raises(ConfigError, match="till/nothing"):
        render_template(TemplateBlock("till/nothing", {}), "en")


@given(st.text(max_size=60))
def test_no_name_is_markup_or_a_command_to_the_printer(name: str) -> None:
    (row, *_) = (
        row
        for row in render_template(void(void={**VOID, "reason": f"x{name}"}), "en")
        if row == Text(str(clean(f"x{name}")))
    )
    assert isinstance(row, Text)
    assert not [char for char in row.text if ord(char) < 32 and char != "\n"]


def test_names_with_marks_of_markup_come_out_as_they_are() -> None:
    rows = render_template(void(shop={**SHOP, "tax_number": """<b>"5" & '6'</b>"""}), "en")
    assert Text("""Tax number <b>"5" & '6'</b>""", align="centre") in rows
    assert all(isinstance(row, Pair | Text) or row for row in rows)
