"""What staff type of no one in particular is known for ninety days, and then by no one."""

from pathlib import Path

from edge.core.journal.rows import facts
from edge.core.messages import Done
from edge.core.people import remarks
from edge.core.people.forgetting import ForgetPerson
from edge.counter.shifts.commands import OpenDrawer
from edge.counter.shifts.events import DrawerOpened
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, open_shop, run


def test_a_remark_goes_with_its_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            assert isinstance(await shop.do(OpenDrawer("Zuleika wants change"), CASHIER), Done)
            (said,) = [one.event.reason for one in facts(shop.reader, shop.registry) if type(one.event) is DrawerOpened]
            assert "Zuleika" not in said
            assert remarks.read_remark(shop.reader, said) == "Zuleika wants change"
            days = [day for (day,) in shop.reader.execute("SELECT person FROM person_key")]
            (day,) = [day for day in days if day.startswith(remarks.DAY)]
            assert remarks.expired_days(shop.reader, day.removeprefix(remarks.DAY)) == []
            assert remarks.expired_days(shop.reader, "2999-01-01") == [day]
            assert isinstance(await shop.do(ForgetPerson(day), SYSTEM), Done)
            assert remarks.read_remark(shop.reader, said) == ""

    run(scenario())
