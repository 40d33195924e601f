"""What the first start writes is a configuration that the appliance starts with, whatever its owner typed."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import msgspec
import pysqlite3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.discovery.match import Proposal
from edge.app import first_start
from edge.lib.errors import ConfigError
from edge.lib.regions.places import list_countries
from edge.runtime.config import Config
from edge.runtime.config.first import FirstAnswers, check_answers, slug

FILE = Path("/etc/edge/config.toml")
ANSWERS = FirstAnswers("Corner", "FR", "EUR", "Europe/Paris", "fr", "Dana", "864209")


def told(**more: object) -> FirstAnswers:
    return FirstAnswers(**{name: getattr(ANSWERS, name) for name in ANSWERS.__struct_fields__} | more)


@given(st.text(max_size=60).filter(lambda text: text.strip() and text.isprintable()))
def test_any_name_is_on_top_of_receipts_as_it_was_typed(name: str) -> None:
    made = check_answers(told(name=name), "data", 8080, FILE)
    assert made.store.header == (name.strip(),)
    assert made.store.tenant == slug(name)


def test_taxes_follow_the_law_of_the_place_or_one_rate() -> None:
    ontario = check_answers(told(country="CA", currency="CAD", tax_place="province ON"), "data", 8080, FILE)
    assert (ontario.store.province, ontario.tax.inclusive) == ("ON", False)
    own = check_answers(told(tax_percent="7,5", tax_in_prices=False), "data", 8080, FILE)
    assert [rate.rate for rate in own.tax.table().classes[0].rates] == [7500]
    with pytest.raises(ConfigError, match="percentage"):
        check_answers(told(tax_percent="101"), "data", 8080, FILE)


def test_printer_tills_network_and_backups_are_where_they_belong() -> None:
    printer = Proposal("receipt_printer", "network", 'the "bar"', {"host": "192.0.2.7", "port": 9100}, certain=True)
    made = check_answers(
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
        check_answers(
            told(country=one.code, currency=one.currency, zone=one.zones[0], tax_place=place), "data", 8080, FILE
        )
    assert {one: known[one].taxes[0].id for one in ("CA", "FR", "IL")} == {"CA": "ON", "FR": "FR", "IL": "IL"}


def post(url: str, **more: object) -> int:
    body = msgspec.json.encode(told(**more))
    asked = urllib.request.Request(f"{url}/first", body, {"Origin": url, "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_of_two_who_answer_the_first_is_the_shops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.app.first_start_page.LEFT_S", 5.0)  # the second is there before the page is gone
    file = tmp_path / "config.toml"
    posted: list[asyncio.Task[list[int]]] = []

    async def both(port: int) -> list[int]:
        url = f"http://127.0.0.1:{port}"
        return [await asyncio.to_thread(post, url, name=name) for name in ("First", "Second")]

    async def scenario() -> None:
        made = await first_start.set_up(file, 0, lambda port: posted.append(asyncio.create_task(both(port))))
        assert await posted[0] == [200, 422]
        assert made.store.header == ("First",)

    asyncio.run(scenario())


def test_who_was_cut_off_before_the_first_pin_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next who comes would find a shop that lets anyone set its first PIN."""
    file = tmp_path / "config.toml"

    async def answering(name: str) -> Config:
        posted: list[asyncio.Task[int]] = []
        try:
            return await first_start.set_up(
                file,
                0,
                lambda port: posted.append(
                    asyncio.create_task(asyncio.to_thread(post, f"http://127.0.0.1:{port}", name=name))
                ),
            )
        finally:
            assert await posted[0] == 200

    def cut(_pin: str) -> str:
        raise OSError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(first_start, "hash_pin", cut)
        with pytest.raises(OSError, match="power"):
            asyncio.run(answering("First"))
    assert not file.exists() and (tmp_path / "data" / "ledger.db").exists()
    assert first_start.is_new(file)
    made = asyncio.run(answering("Second"))
    assert made.store.header == ("Second",) and file.exists() and not first_start.is_new(file)
    db = pysqlite3.connect(tmp_path / "data" / "ledger.db")
    assert db.execute("SELECT count(*) FROM access_user WHERE active").fetchone() == (1,)
    db.close()
    file.unlink()
    assert not first_start.is_new(file), "a shop that lost its configuration is asked nothing"
