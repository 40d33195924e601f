"""Of a store with two boxes one exchanges its software at a time: each asks head office for its turn."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.software.head_office_messages import ReleaseAnswer, encode, part_of
from tests.flow.backoffice.test_software_update import Office, a_box
from tests.shop_fixture import run


class OfficeOfTwo(Office):
    """Head office of a store with two boxes. `turn`: whether it is this one's."""

    turn = True

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        if part_of(body).turn and self.cut_after:
            return encode(ReleaseAnswer(turn=self.turn))
        return await super().ask(room, body, timeout_s)


def test_it_waits_while_another_box_of_the_store_exchanges_its_software_or_nobody_can_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with a_box(tmp_path) as box:
            box.office = office = OfficeOfTwo()
            office.turn = False
            await box.ask(box.release())
            assert await box.turns(count=5) == "rehearsed", "another box has this night"
            office.turn, office.cut_after = True, 0
            assert await box.turns(count=2) == "rehearsed", "head office cannot be asked"
            office.cut_after = 10**9
            assert await box.turns(count=2) == "swapping"

    run(scenario())
