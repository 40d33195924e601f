"""Numbers that other tills send: they are theirs, whatever they look like."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.other_tills.other_till import OtherTill
from sim.vendors.generic_till import SimGenericTill
from tests.flow.backoffice.test_other_tills_wired import wired
from tests.shop_fixture import run


def test_a_number_of_theirs_that_looks_like_a_cards_is_taken(tmp_path: Path) -> None:
    """What systems send, no one types: a transaction's number that happens to be a card's is none."""

    async def scenario() -> None:
        generic = SimGenericTill()
        async with wired(tmp_path) as one:
            till = OtherTill("bar", "generic", places="L1 = main", signature="body", header="X-Signature")
            await one.till(till, generic.signs_with)
            assert one.post(*generic.hook(generic.say("4111111111111111", one.now_us, {"beer-v": "1"}))) == 200
            await one.look()
            waiting = [path.name for path in (one.folder / "hooks/bar").iterdir() if path.is_file()]
            assert (one.beers, waiting) == (99, [])

    run(scenario())
