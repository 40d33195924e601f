"""The state of two boxes, as their page shows it."""

from __future__ import annotations

from pathlib import Path

from edge.backoffice.twin.status import State, TwinStatus
from tests.browser.serving import serve
from tests.shop_fixture import run


def test_while_the_other_box_is_away_it_is_said_that_it_has_forgotten_no_one_yet(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:

            def says(state: State) -> bool:
                status = TwinStatus("1", "1", state)
                nobody = dict.fromkeys(("members", "away", "knocks", "aside", "begins", "here"), ())
                shown = served.site.renderer.render("boxes_rows.html", "en", twin=status, is_closed=False, **nobody)
                return "the other box still has the key" in shown

            assert says("alone") and says("copying")
            assert not says("both") and not says("no_witness")

    run(scenario())
