"""Labels from the manager's page."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from tests.browser.browsing import till
from tests.browser.serving import Served, serve
from tests.http_client import PIN, when
from tests.shop_fixture import SYSTEM, run


def label(served: Served) -> str:
    job = last_print_job(served.shop.reader, "1", "label")
    return plain_text(job.document) if job else ""


def test_the_manager_prints_a_label_and_hears_why_another_cannot_be(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager/tools")
            form = page.page.locator("#labels")
            await form.locator("[name=product]").fill("tomato")
            await form.locator("[name=kind]").select_option("product")
            await form.get_by_role("button").click()
            await page.see("#labels-error", "sold by weight")
            await form.locator("[name=quantity]").fill("0,756")
            await form.get_by_role("button").click()

            async def printed() -> str:
                return label(served)

            await when(printed, lambda text: "0.756 kg" in text and "3.02" in text, "a label", 30.0, 0.05)
            assert len(page.complaints) == 1  # the browser's own word about the refusal

    run(scenario())
