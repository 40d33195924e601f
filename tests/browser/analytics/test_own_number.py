"""Someone lets their own phone's number write to the shop: by a code that the page says once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from edge.analytics.notify.chat_numbers import number_of
from edge.analytics.notify.commands import TakeWritten
from edge.analytics.notify.written_messages import WrittenMessage
from edge.core.messages import Done
from edge.foundation.access.commands import SetPin, SetUser
from edge.foundation.access.credentials.pin import hash_pin
from tests.browser.browsing import till
from tests.browser.calling import PIN
from tests.browser.serving import serve
from tests.flow.conversation.test_written_messages import PHONE as NUMBER
from tests.flow.conversation.test_written_messages import WHATSAPP
from tests.shop_fixture import CONFIG, SYSTEM, run

PHONE = (390, 664)


def test_a_code_makes_a_number_theirs_and_a_press_ends_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG + WHATSAPP) as served, till(PHONE) as page:
            for command in (SetPin(hash_pin(PIN)), SetUser("u1", "Noa", "cashier", hash_pin("7394"))):
                assert isinstance(await served.shop.do(command, SYSTEM), Done)
            own = served.access.sessions.begin("own", "u1", "Her phone")
            cookie = {"name": f"edge-{served.config.store.id}-local", "value": own.secret, "url": served.url}
            await page.page.context.add_cookies([cookie])  # type: ignore[list-item]
            await page.page.goto(f"{served.url}/account/notifications?lang=he")
            await page.page.locator("#chat-show").click()
            said = await (await page.see("#chat-code", "WhatsApp")).inner_text()
            code = re.search(r"\d{8}", said)
            assert code and "+972541111111" in said
            if folder := os.environ.get("EDGE_PICTURES"):
                await page.page.locator("#chat").scroll_into_view_if_needed()
                await page.page.screenshot(path=Path(folder) / "own_number.png")
            message = WrittenMessage("wamid.1", f"+{NUMBER}", served.shop.now_us(), "text", code[0])
            assert isinstance(await served.shop.do(TakeWritten((message,)), SYSTEM), Done)
            await page.page.reload()
            await page.see("#chat", NUMBER)
            assert await page.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
            await page.page.locator("#chat-drop").click()
            await page.gone("#chat-drop")
            assert number_of(served.shop.reader, "u1") is None
            assert page.complaints == []

    run(scenario())
