"""`[store] province = "ON"`: what the law of a place says, from which day, and to the cent."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.counter.till.from_config import till_settings
from edge.lib.errors import ConfigError
from edge.lib.regions.place import Jurisdiction
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import class_ids, is_inclusive, known_places, table_on, tables
from edge.lib.tax.rules import Taxed, TaxTable, taxes
from edge.people.customers.settings import settings_of as customer_settings
from edge.runtime.config import parse
from edge.runtime.configuration import TaxEntry, TaxRate, with_taxes

HEAD = '[store]\nid = "x"\nheader = ["X"]\ncurrency = "CAD"\nzone = "America/Toronto"\n'
BEFORE = TaxTable(False, "total", ())


def rows(place: str, day: str, minor: int, id: str = "standard") -> list[tuple[str, int, int]]:
    found = tables(place, is_inclusive(place), "total")
    return [(row.name, row.rate, row.tax_minor) for row in taxes(table_on(found, day, BEFORE), [(id, minor)])]


@pytest.mark.parametrize(
    ("province", "rates"),
    [
        ("AB", [("GST", 5000)]),
        ("BC", [("GST", 5000), ("PST", 7000)]),
        ("MB", [("GST", 5000), ("RST", 7000)]),
        ("NB", [("HST", 15000)]),
        ("NL", [("HST", 15000)]),
        ("NS", [("HST", 14000)]),
        ("NT", [("GST", 5000)]),
        ("NU", [("GST", 5000)]),
        ("ON", [("HST", 13000)]),
        ("PE", [("HST", 15000)]),
        ("QC", [("GST", 5000), ("QST", 9975)]),
        ("SK", [("GST", 5000), ("PST", 6000)]),
        ("YT", [("GST", 5000)]),
    ],
)
def test_every_province_and_territory_as_of_2026(province: str, rates: list[tuple[str, int]]) -> None:
    assert [(name, rate) for name, rate, _ in rows(province, "2026-06-01", 10_000)] == rates
    assert rows(province, "2026-06-01", 10_000, "federal") == [("GST", 5000, 500)]
    assert rows(province, "2026-06-01", 10_000, "zero") == []


def test_all_thirteen_are_there() -> None:
    assert len(provinces()) == 13
    assert set(known_places()) == {*provinces(), "FR", "IL"}


def test_quebecs_tax_is_of_the_price_alone() -> None:
    assert rows("QC", "2026-06-01", 1999) == [("GST", 5000, 100), ("QST", 9975, 199)]


@pytest.mark.parametrize(
    ("province", "taxed"),
    [
        ("BC", [("GST", 5000, 100), ("PST", 10000, 200)]),
        ("SK", [("GST", 5000, 100), ("LCT", 10000, 200)]),
        ("ON", [("HST", 13000, 260)]),
    ],
)
def test_liquor_has_rates_of_its_own_in_two_provinces(province: str, taxed: list[tuple[str, int, int]]) -> None:
    assert rows(province, "2026-06-01", 2_000, "liquor") == taxed


@pytest.mark.parametrize(
    ("place", "day", "rate"),
    [
        ("NS", "2025-03-31", 15000),
        ("NS", "2025-04-01", 14000),
        ("IL", "2024-12-31", 17000),
        ("IL", "2025-01-01", 18000),
        ("FR", "2013-12-31", 19600),
        ("FR", "2014-01-01", 20000),
    ],
)
def test_a_rate_holds_from_its_day(place: str, day: str, rate: int) -> None:
    assert [found for _, found, _ in rows(place, day, 10_000)] == [rate]


def test_prices_contain_the_tax_where_that_is_the_law() -> None:
    table = table_on(tables("IL", True, "total"), "2026-01-01", BEFORE)
    assert taxes(table, [("standard", 11_800), ("zero", 500)]) == (Taxed("VAT", 18000, 10_000, 1_800),)
    french = [("standard", 12_000), ("intermediate", 11_000), ("reduced", 10_550), ("super_reduced", 10_210)]
    paid = taxes(table_on(tables("FR", True, "total"), "2026-01-01", BEFORE), french)
    assert [(row.rate, row.net_minor, row.tax_minor) for row in paid] == [
        (20000, 10_000, 2_000),
        (10000, 10_000, 1_000),
        (5500, 10_000, 550),
        (2100, 10_000, 210),
    ]


def test_a_shop_names_its_province_and_no_more(tmp_path: Path) -> None:
    said = till_settings(parse(HEAD + 'province = "ON"\n', tmp_path / "config.toml"))
    assert not said.tax.inclusive
    assert said.on("2026-06-01").tax.find("standard").rates[0].rate == 13000  # type: ignore[union-attr]
    assert {entry.id for entry in said.on("2026-06-01").tax.classes} == set(class_ids("ON"))
    contained = till_settings(parse(HEAD + 'province = "ON"\n[tax]\ninclusive = true\n', tmp_path / "config.toml"))
    assert contained.on("2026-06-01").tax.inclusive


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tax]\nprovince = "XX"\n', "No built-in taxes for province 'XX'"),
        ('[tax]\ncountry = "DE"\n', "No built-in taxes for country 'DE'"),
        ('[tax]\nprovince = "ON"\ncountry = "FR"\n', "place_twice"),
        ('[tax]\nprovince = "ON"\n[[tax.class]]\nid = "standard"\n', "Keep one"),
    ],
)
def test_what_does_not_fit_together_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        parse(HEAD + text, tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('province = "QC"\n', Jurisdiction("CA", "QC")),
        ('country = "US"\nprovince = "NY"\n', Jurisdiction("US", "NY")),
        ('country = "FR"\n', Jurisdiction("FR")),
        ('[tax]\nprovince = "ON"\n', Jurisdiction("CA", "ON")),
        ('[customers]\nprovince = "ON"\n', Jurisdiction("CA", "ON")),
        ('province = "ON"\n[tax]\nprovince = "ON"\n[customers]\nprovince = "ON"\n', Jurisdiction("CA", "ON")),
        ('[tax]\ncountry = "IL"\n', Jurisdiction("IL")),
        ("", Jurisdiction()),
    ],
)
def test_the_place_is_one_word_that_all_who_ask_the_law_read(tmp_path: Path, text: str, place: Jurisdiction) -> None:
    said = parse(HEAD + text, tmp_path / "config.toml")
    assert said.store.place == till_settings(said).place == place
    assert customer_settings(said).province == place.province
    assert said.tax.law == place.tax_place


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('province = "ON"\n[tax]\nprovince = "QC"\n', 8, "place_twice"),
        ('[tax]\nprovince = "ON"\n[customers]\nprovince = "QC"\n', 9, "place_twice"),
        ('country = "IL"\n[tax]\ncountry = "FR"\n', 8, "place_twice"),
        ('country = "IL"\nprovince = "ON"\n', 7, "IL has no province or state 'ON'"),
        ('country = "US"\nprovince = "ON"\n', 7, "US has no province or state 'ON'"),
    ],
)
def test_two_places_that_differ_are_no_start(tmp_path: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(ConfigError, match=what) as refused:
        parse(HEAD + text, tmp_path / "config.toml")
    assert f"line {line}" in str(refused.value)


def test_the_page_of_taxes_writes_the_one_place(tmp_path: Path) -> None:
    older = HEAD + '[tax]\nprovince = "ON"\n[customers]\nprovince = "ON"\n'
    moved = parse(with_taxes(older, "province QC", False, "total", ()), tmp_path / "config.toml")
    assert (moved.store.place, moved.tax.law) == (Jurisdiction("CA", "QC"), "QC")
    own = TaxEntry("standard", (TaxRate("VAT", "5"),))
    text = with_taxes(older, "", True, "line", (own,))
    kept = parse(text, tmp_path / "config.toml")
    assert (kept.store.place, kept.tax.law, kept.tax.ids) == (Jurisdiction("CA", "ON"), "", ("standard",))
    assert "province" not in text[text.index("[tax]") :]
