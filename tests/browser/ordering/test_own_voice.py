"""Voices on pages: what is lacking, the switch, signing for oneself, and words said into a browser's microphone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.ordering.recognition.commands import SetVoiceHint
from edge.ordering.recognition.queries import is_switched_on, read_release
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, run
from tests.voices import ASSESSED, PINS, hired, shop_text, write_trials

pytestmark = pytest.mark.needs("chromium")


def test_it_is_switched_on_where_nothing_is_lacking(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, shop_text()) as served, till() as boss:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await boss.open(served, path="/manager/recognition")
            await boss.page.check('#hint [name="is_on"]')
            await boss.page.click('#hint [type="submit"]')
            await boss.see("#hint-error", "impact assessment")
            assert not is_switched_on(served.shop.reader)
            write_trials(tmp_path)
            await boss.page.fill('#hint [name="assessed"]', ASSESSED)
            await boss.page.click('#hint [type="submit"]')
            await boss.see("strong", "Turned on.")
            assert is_switched_on(served.shop.reader)

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(["en", "fr", "he"]))
def test_someone_signs_for_themself_and_takes_it_back(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, shop_text()) as served, till() as dana:
            write_trials(tmp_path)
            assert isinstance(await served.shop.do(SetVoiceHint(True, ASSESSED), SYSTEM), Done)
            await hired(served.shop, "u1", "Dana")
            await dana.open(served, f"register=1&lang={language}")
            await dana.page.click('[data-act="sign_in"]')
            await dana.see("#by-voice")
            await dana.page.keyboard.type(PINS["u1"])
            await dana.page.keyboard.press("Enter")
            await dana.see("#signed_in .pill", "Dana")
            await dana.page.goto(f"{served.url}/account/voice?register=1&lang={language}")
            await dana.page.fill('#release [name="signed"]', "Dana Levi")
            await dana.page.check('#release [name="yes"]')
            await dana.page.click('#release [type="submit"]')
            await dana.see("#say")
            await dana.page.wait_for_load_state()  # a button does nothing before its script has run
            held = read_release(served.shop.reader, "u1")
            assert held is not None and (held.signed, held.language) == ("Dana Levi", language)
            await dana.page.click("#withdraw")
            await dana.see("#release")
            assert read_release(served.shop.reader, "u1") is None
            assert dana.complaints == []

    run(scenario())
