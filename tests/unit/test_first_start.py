"""What the first start writes is a configuration that the appliance starts with, whatever its owner typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.discovery.match import Proposal
from edge.config.first import FirstAnswers, checked, slug
from edge.lib.errors import ConfigError
from edge.lib.regions.places import list_countries

FILE = Path("/etc/edge/config.toml")
ANSWERS = FirstAnswers("Corner", "FR", "EUR", "Europe/Paris", "fr", "Dana", "864209")


def told(**more: object) -> FirstAnswers:
    return FirstAnswers(**{name: getattr(ANSWERS, name) for name in ANSWERS.__struct_fields__} | more)  # type: ignore[arg-type]


@given(st.text(max_size=60).filter(lambda text: text.strip() and text.isprintable()))
def test_any_name_is_on_top_of_receipts_as_it_was_typed(name: str) -> None:
    made = checked(told(name=name), "data", 8080, FILE)
    assert made.store.header == (name.strip(),)
    assert made.store.tenant == slug(name)


def test_taxes_follow_the_law_of_the_place_or_one_rate() -> None:
    ontario = checked(told(country="CA", currency="CAD", tax_place="province ON"), "data", 8080, FILE)
    assert (ontario.tax.province, ontario.tax.inclusive) == ("ON", False)
    own = checked(told(tax_percent="7,5", tax_in_prices=False), "data", 8080, FILE)
    assert [rate.rate for rate in own.tax.table().classes[0].rates] == [7500]
    with pytest.raises(ConfigError, match="percentage"):
        checked(told(tax_percent="101"), "data", 8080, FILE)


def test_printer_tills_network_and_backups_are_where_they_belong() -> None:
    printer = Proposal("receipt_printer", "network", 'the "bar"', {"host": "192.0.2.7", "port": 9100}, certain=True)
    made = checked(
        told(tills=3, network=True, printer=printer, backup="disk", backup_place="EDGE-BACKUP"), "data", 9090, FILE
    )
    assert (made.registers, made.panel.host, made.panel.port) == (("1", "2", "3"), "0.0.0.0", 9090)
    assert [(one.name, one.register) for one in made.devices] == [('the "bar"', "1")]
    assert (made.backup.disk, made.backup.folder) == ("EDGE-BACKUP", "edge")


@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_every_country_has_money_and_a_clock_that_the_shop_takes(language: str) -> None:
    known = {one.code: one for one in list_countries(language)}
    assert len(known) > 200
    for one in known.values():
        place = f"{one.taxes[0].key} {one.taxes[0].id}" if one.taxes else ""
        checked(told(country=one.code, currency=one.currency, zone=one.zones[0], tax_place=place), "data", 8080, FILE)
    assert {one: known[one].taxes[0].id for one in ("CA", "FR", "IL")} == {"CA": "ON", "FR": "FR", "IL": "IL"}
