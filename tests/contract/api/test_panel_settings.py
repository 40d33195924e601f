"""The settings page over HTTP, for people who may only change settings."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetRole, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, run


def test_whoever_may_change_settings_has_all_that_the_page_shows_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            for command in (
                SetRole("editor", "Editor", ("settings", "sell"), {}),
                SetUser("u1", "Lea", "editor", hash_pin("618394")),
            ):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            entered = await caller.call("POST", "/api/v1/grants", {"pin": "618394"}, Surface="panel")
            hers, managers = entered.json["grant"]["token"], await caller.enter_pin()
            assert 'data-form="code"' in (await caller.get("/fragments/settings?lang=en", Grant=managers)).text
            page = await caller.get("/fragments/settings?lang=en", Grant=hers)
            assert page.status == 200 and 'data-form="text"' in page.text
            assert 'data-form="code"' not in page.text and 'data-form="kept"' not in page.text
            assert (await caller.call("POST", "/fragments/recovery-code", {}, Grant=hers)).status == 403
            text = {"place": "cashier", "texts": {"en": "Hello"}}
            assert (await caller.call("POST", "/api/v1/texts", text, Grant=hers)).status == 200

    run(scenario())
