"""The pages about software and support over HTTP: they show the current state."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge import __version__
from edge.backoffice.software import pages as software_pages
from edge.backoffice.software.commands import AskSoftware, MoveSoftware
from edge.backoffice.software.service import stick
from edge.backoffice.software.service.update_files import Previous, UpdatePlaces, write
from edge.core.messages import Done
from edge.core.storage.migrate import newest
from edge.foundation.settings.commands import SetSetting
from sync.directive_signing import Signer, new_key
from sync.releases import Release, sign_release
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.shop_fixture import CONFIG, SYSTEM, run


def test_days_set_aside_and_a_pin_stand_in_their_fields(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            for name, value in (("blocked_days", "12-24, 2027-04-03"), ("pinned_until", "2027-01-31")):
                assert isinstance(await served.shop.do(SetSetting(f"software.{name}", value), SYSTEM), Done)
            page = await caller.get("/manager/software?lang=en")
            assert page.status == 200, page.text
            assert 'value="12-24, 2027-04-03"' in page.text and 'value="2027-01-31"' in page.text

    run(scenario())


def test_the_page_says_that_support_asks_without_a_yes(tmp_path: Path) -> None:
    async def scenario() -> None:
        for text, said in ((CONFIG, False), (f"{CONFIG}[support]\nallow = true\n", True)):
            async with serve(tmp_path / str(said), text) as served, calling(served) as caller:
                page = await caller.get("/manager/support?lang=en")
                assert page.status == 200, page.text
                assert ("config.toml approves" in page.text) is said

    run(scenario())


def test_a_manager_saves_the_diagnostic_file_for_whoever_helps(tmp_path: Path) -> None:
    """A box from the disk image has no command line for `edge diagnose`."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            page = await caller.get("/manager/support?lang=en", Grant=grant)
            assert 'data-download="support/diagnosis"' in page.text and "Save diagnostic file" in page.text
            assert (await caller.get("/api/v1/support/diagnosis", Surface="panel")).status == 403
            file = await caller.get("/api/v1/support/diagnosis", Surface="panel", Grant=grant)
            assert file.status == 200, file.text
            assert {"version", "checks", "machine", "config", "log"} <= file.json.keys()
            assert file.json["books"]["head"] > 0
            assert "attachment" in file.headers["Content-Disposition"]
            assert "Milk" not in file.text and PIN not in file.text

    run(scenario())


def test_the_way_back_stands_on_the_page_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    places = UpdatePlaces(tmp_path, own)
    monkeypatch.setattr(software_pages, "UpdatePlaces", lambda inbox: places)

    async def scenario() -> None:
        async with serve(tmp_path / "shop") as served, calling(served) as caller:
            assert isinstance(await served.shop.do(AskSoftware(1, __version__, "a" * 64), SYSTEM), Done)
            assert isinstance(await served.shop.do(MoveSoftware(1, "healthy"), SYSTEM), Done)
            for schema, button in ((newest(), True), (newest() - 1, False)):
                write(places.previous, Previous("0.9.0", "/opt/edge-store-0.9.0", schema, __version__, 0.0))
                page = await caller.get("/manager/software?lang=en")
                assert page.status == 200, page.text
                assert ('id="go-back"' in page.text) is button
                assert ("Go back to version 0.9.0" in page.text) is button
                assert ("restore the backup made before the update" in page.text) is not button
            places.previous.unlink()
            assert 'id="go-back"' not in (await caller.get("/manager/software?lang=en")).text

    run(scenario())


def test_what_a_stick_brings_stands_on_the_page_also_without_a_head_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, media = tmp_path / "key.pem", tmp_path / "media" / "stick"
    key.write_bytes(new_key())
    media.mkdir(parents=True)
    monkeypatch.setattr(stick, "ROOTS", (tmp_path / "media",))
    (media / "edge-store-99.0.0.tar.gz").write_bytes(b"x")
    said = sign_release(Signer.load(key), Release("99.0.0", "a" * 64, 1, 1, notes="Faster <b>papers</b>"))
    (media / "edge-store-99.0.0.json").write_bytes(msgspec.json.encode(said))
    (media / "edge-store-nothing.json").write_text("{}")
    office = '[sync]\nhost = "office.example"\nusername = "box1"\npassword = "secret:broker"\n'

    async def scenario() -> None:
        for text in (CONFIG, CONFIG + office):
            async with serve(tmp_path / str(text == CONFIG), text) as served, calling(served) as caller:
                page = await caller.get("/manager/software?lang=en")
                assert page.status == 200, page.text
                assert 'data-release="99.0.0"' in page.text
                assert "data-release=" not in page.text.replace('data-release="99.0.0"', "")
                assert "this box has no release key" in page.text, "it says so before anybody asks"
                assert "data-take" not in page.text and "<b>papers" not in page.text

    run(scenario())
