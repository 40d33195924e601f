"""What is sent to a printer is what its model can print; read back by the simulated one, as it would stand on paper."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edge.foundation.printing.document import (
    Bars,
    Cell,
    Document,
    DrawerPulse,
    Logo,
    Pair,
    Qr,
    Row,
    Rule,
    TemplateBlock,
    Text,
)
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.printers.escpos import faults_of, render
from edge.lib import fonts
from edge.lib import printer_profiles as profiles
from edge.lib.errors import ConfigError
from edge.lib.fonts import main_font
from edge.lib.i18n.arabic import join_letters
from edge.runtime.config.device_uses import PaperOptions
from sim.printer.reading import Papers, read_papers

ALL_PRODUCTS = (
    Text("Corner Shop", "centre", True, 2),
    Pair("Crème brûlée, 1 pc", "3.50"),
    Row((Cell("VAT 20%"), Cell("2.92", 8, "end"), Cell("0.58", 8, "end"))),
    Rule(),
    Qr("shop.example/1"),
    Bars("4006381333931", "ean13"),
    Bars("1-000042"),
    Logo(),
    DrawerPulse(),
)
needs_font = pytest.mark.skipif(main_font() is None, reason="no font that knows Hebrew")


def printed(document: Document, profile: str, **options: object) -> Papers:
    known = profiles.find(profile)
    data = render(document, PaperOptions(profile=profile, **options))  # type: ignore[arg-type]
    return read_papers(data, {number: name.lower() for name, number in known.pages.items()}, known.dots)


def text_of(document: Document, profile: str, **options: object) -> str:
    papers = printed(document, profile, **options)
    assert papers.unknown == ()
    (drawing,) = papers.drawings
    return drawing.text


@pytest.mark.parametrize("profile", profiles.names())
def test_every_model_prints_everything(profile: str) -> None:
    papers = printed(Document("en", ALL_PRODUCTS), profile)
    assert papers.unknown == ()
    assert papers.kicks == 1
    (drawing,) = papers.drawings
    assert drawing.clear_of_knife
    assert "Corner Shop" in drawing.text
    assert "not printed" not in drawing.text
    assert "?" not in drawing.text


@given(st.lists(st.tuples(st.text("abcé ß€'", max_size=70), st.integers(-(10**7), 10**7)), min_size=1, max_size=6))
def test_the_paper_says_what_screens_say(lines: list[tuple[str, int]]) -> None:
    document = Document("en", tuple(Pair(name, f"{minor / 100:.2f}") for name, minor in lines))
    paper = text_of(document, "SIM-80").rstrip("\n").split("\n")
    assert paper == [line.rstrip() for line in plain_text(document, 48).rstrip().split("\n")]


def test_hebrew_is_sent_as_letters_where_the_printer_has_them() -> None:
    document = Document("he", (Pair("חלב (3%)", "5.90"),))
    assert text_of(document, "TM-T88V") == f"5.90{'(3%) בלח'[::1]:>38}\n"
    assert len(render(document, PaperOptions(profile="TM-T88V"))) < 100


@needs_font
@pytest.mark.parametrize("profile", ["default", "58T", "TSP650II", "simple", "TM-U220"])
def test_hebrew_is_drawn_where_the_printer_has_no_letters_for_it(profile: str) -> None:
    document = Document("he", (Pair("חלב", "5.90"), Text("123")))
    (drawing,) = printed(document, profile).drawings
    assert "5.90" not in drawing.text, "the whole of it is drawn, so that it looks like one thing"
    assert "?" not in drawing.text


@needs_font
def test_one_hebrew_name_among_others_is_drawn_alone() -> None:
    text = text_of(Document("en", (Pair("Milk", "1.20"), Pair("במבה", "4.50"), Pair("Bread", "2.00"))), "default")
    assert [line.split()[0] for line in text.splitlines()] == ["Milk", "[picture", "Bread"]


@needs_font
def test_a_printer_whose_letters_are_not_what_they_should_be_gets_pictures() -> None:
    assert "Milk" not in text_of(Document("en", (Pair("Milk", "1.20"),)), "TM-T88V", pictures=True)


@needs_font
def test_letters_of_other_scripts_are_drawn_and_none_as_an_empty_box() -> None:
    known = [char for char in "ab ع ج س ي茶图ไทҖПλ☕" if not char.isspace() and fonts.font_with(char)]
    assert {"ع", "ج"} <= set(known), "Arabic is always there"
    drawn = {char: printed(Document("en", (Text(char),)), "58T", pictures=True).drawings[0].png for char in known}
    assert len(set(drawn.values())) == len(known), "each letter is its own picture"
    left_out = printed(Document("en", (Text("Tea \U0010fffd"),)), "58T").drawings[0].png
    assert left_out == printed(Document("en", (Text("Tea  "),)), "58T", pictures=True).drawings[0].png


def test_arabic_letters_join_their_neighbours() -> None:
    assert join_letters("عربي 12") == "\ufecb\ufeae\ufe91\ufef2 12"
    assert join_letters("سلام") == "\ufeb3\ufefc\ufee1", "lam and alef are one"
    assert join_letters("קפה Tea") == "קפה Tea"


def test_a_name_that_no_font_has_is_written_in_another_language_or_as_its_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("edge.lib.fonts._system_fonts", tuple)
    fonts.font_with.cache_clear()
    shop = {"header": [], "footer": [], "tax_number": "", "zone": "UTC", "currency": "EUR"}
    try:
        for names, said in (({"zh": "茶", "fr": "Thé"}, "Thé"), ({"zh": "茶"}, "tea-1")):
            cleared = {"lines": ({"names": names, "sku": "tea-1"},), "tenders": (), "currency": "EUR"}
            form = TemplateBlock("till/cleared", {"shop": shop, "cleared": cleared, "register": "1", "at_us": 0})
            drawing = printed(Document("en", (form,)), "58T").drawings[0]
            assert said in drawing.text
    finally:
        fonts.font_with.cache_clear()


def test_a_printer_without_a_typographic_mark_gets_the_plain_one() -> None:
    text = text_of(Document("en", (Text("“Mum’s” – 2 × 3…"),)), "simple")
    assert text == '"Mum\'s" - 2 x 3.\n'


def test_a_wrong_article_number_is_still_a_bar_code() -> None:
    text = text_of(Document("en", (Bars("4006381333932", "ean13"),)), "TM-T88V")
    assert "CODE128" in text
    assert "4006381333932" in text


def test_the_logo_is_drawn_in_the_middle_and_fits(tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.radial_gradient("L").resize((1600, 800)).save(file)
    text = text_of(Document("en", (Logo(),)), "58T", logo=str(file))
    assert "[picture 384x192]" in text
    file.write_bytes(b"no picture")
    with pytest.raises(ConfigError, match=r"logo\.png"):
        render(Document("en", (Logo(),)), PaperOptions(logo=str(file), columns=40))


def test_a_kick_alone_moves_no_paper() -> None:
    data = render(Document("en", (DrawerPulse(),), cut=False), PaperOptions())
    assert data.startswith(b"\x1bp")
    assert len(data) == 5


def test_columns_may_differ_from_the_models() -> None:
    text = text_of(Document("en", (Pair("Milk", "1.20"),)), "TM-T20III", columns=32)
    assert text == f"Milk{'1.20':>28}\n"


@pytest.mark.parametrize(
    ("told", "name"),
    [("TM-T88V", "TM-T88V"), ("EPSON TM-T20III", "TM-T20III"), ("Printer-80\0", "XP-N160II"), ("SIM-80", "SIM-80")],
)
def test_a_printer_is_known_by_what_it_says_of_itself(told: str, name: str) -> None:
    found = profiles.detect(told)
    assert found is not None
    assert found.name == name


def test_a_printer_that_no_one_knows_is_not_taken_for_another() -> None:
    assert profiles.detect("LaserWriter 9000") is None
    assert profiles.detect("") is None


def test_what_would_spoil_a_paper_is_said_before_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults_of(PaperOptions(), "en") == []
    wrong = PaperOptions(logo=str(tmp_path / "none.png"), templates=str(tmp_path / "none"))
    assert ["none.png" in fault.what or "folder" in fault.what for fault in faults_of(wrong, "en")] == [True, True]
    monkeypatch.setattr("edge.foundation.printing.printers.escpos.main_font", lambda: None)
    assert faults_of(PaperOptions(profile="TM-T88V"), "he") == []
    (fault,) = faults_of(PaperOptions(profile="58T"), "he")
    assert "question marks" in fault.what
    assert "pylopdf-fonts-he" in fault.advice
    (drawing,) = printed(Document("he", (Pair("חלב", "5.90"),)), "58T").drawings
    assert drawing.text.split() == ["5.90", "???"], "sums at least can be read"


FIRST_PAPERS = """
import threading
from edge.foundation.printing.printers.charset import load_escpos
together, failed = threading.Barrier(4), []
def draw():
    together.wait()
    try:
        load_escpos()
    except Exception as error:
        failed.append(error)
threads = [threading.Thread(target=draw) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
"""


def test_several_printers_draw_their_first_papers_at_once() -> None:
    """Each on a thread of its own, in a process that has drawn none yet."""
    ended = subprocess.run([sys.executable, "-c", FIRST_PAPERS], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
