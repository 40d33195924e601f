"""A printer takes a job before its first byte goes out, and only who took it gives it back."""

from pathlib import Path

from edge.core.messages import Done, Refused
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.printing.commands import SettlePrint
from edge.foundation.printing.queries import next_print_job
from tests.shop_fixture import CASHIER, MILK, SYSTEM, open_shop, run


def test_a_job_is_given_back_by_the_printer_that_took_it_and_by_no_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await shop.do(AddLine(MILK), CASHIER)
            await shop.do(Pay("card"), CASHIER)
            job = next_print_job(shop.reader, "1")
            assert job is not None
            for state, printer, wanted in (
                ("sending", "spare", Done),
                ("queued", "main", Refused),
                ("queued", "spare", Done),
                ("queued", "spare", Refused),  # it is back already
            ):
                outcome = await shop.do(SettlePrint(job.id, state, printer=printer), SYSTEM)
                assert isinstance(outcome, wanted), (state, printer, outcome)
            waiting = next_print_job(shop.reader, "1")
            assert waiting is not None
            assert waiting.id == job.id

    run(scenario())
