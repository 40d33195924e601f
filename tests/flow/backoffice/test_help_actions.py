"""What remote help may do in a shop: a test page comes out of the printer that was named, and of no other."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.backoffice.support.service.help_actions import perform, restartable_parts
from edge.core.bus import Bus
from edge.core.process.part_state import PartState
from edge.core.process.parts import Supervisor
from edge.foundation.printing.commands import SettlePrint
from edge.foundation.printing.queries import next_print_job
from tests.http_client import when
from tests.shop_fixture import BAR, CONFIG, SYSTEM, config, done, open_shop, run

TERMINAL = """
[[device]]
role = "payment_terminal"
driver = "sim"
name = "terminal"
host = "127.0.0.1"
register = "1"
"""


def test_a_test_page_is_printed_where_it_was_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=CONFIG + BAR) as shop:
            settings, supervisor = config(tmp_path, CONFIG + BAR), Supervisor(Bus())
            wrong = await perform("print", "elsewhere", shop, settings, supervisor)
            assert wrong == {"done": False, "why": "not a receipt printer", "possible": ["bar"]}
            at_work = asyncio.create_task(perform("print", "bar", shop, settings, supervisor))

            async def queued() -> int:
                job = next_print_job(shop.reader, "", "bar")
                return job.id if job and job.kind == "test" else 0

            job = await when(queued, bool, "it waits for its printer")
            for state in ("sending", "printed"):
                await done(shop, SettlePrint(job, state, printer="bar"), SYSTEM)
            assert await at_work == {"done": True, "state": "printed"}

    run(scenario())


def test_a_payment_terminal_and_parts_of_the_journal_are_never_restarted(tmp_path: Path) -> None:
    async def scenario() -> None:
        settings, supervisor = config(tmp_path, CONFIG + BAR + TERMINAL), Supervisor(Bus())
        for name in ("bar", "terminal", "panel", "sync", "jobs", "models", "receipts"):
            supervisor.states[name] = PartState(name, "ok")
        assert restartable_parts(settings, supervisor) == ["bar", "models"]

    run(scenario())
