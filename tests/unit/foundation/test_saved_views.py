"""What a manager notices of saved views."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.foundation.saved_views.commands import EndSavedView, SetSavedView
from edge.foundation.saved_views.events import SavedViewSet
from edge.foundation.saved_views.queries import read_saved_views
from edge.foundation.saved_views.view import VIEWS_MOST, SavedView
from tests.shop_fixture import SYSTEM, done, open_shop, run

DEAREST = SavedView("dearest", "/manager/products", "Dearest first", "sort=-price")


def test_a_view_is_as_it_was_saved_last_until_it_is_removed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetSavedView(DEAREST), SYSTEM)
            renamed = msgspec.structs.replace(DEAREST, name="Most expensive product")
            assert (await done(shop, SetSavedView(renamed), SYSTEM)).events == (SavedViewSet(renamed),)
            assert read_saved_views(shop.reader) == (renamed,)
            await done(shop, EndSavedView("dearest"), SYSTEM)
            assert read_saved_views(shop.reader) == ()
            gone = await shop.do(EndSavedView("dearest"), SYSTEM)
            assert gone == Refused("no_such_view", {"view": "dearest"})
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_there_are_only_so_many(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for at in range(VIEWS_MOST):
                await done(shop, SetSavedView(msgspec.structs.replace(DEAREST, id=f"v{at}")), SYSTEM)
            more = await shop.do(SetSavedView(DEAREST), SYSTEM)
            assert more == Refused("too_many_views", {"limit": VIEWS_MOST})

    run(scenario())


@pytest.mark.parametrize(
    "wrong",
    [
        {"page": "https://elsewhere.example/manager/products"},
        {"page": "/manager/../login"},
        {"query": 'text="><script>'},
        {"query": "text=two lines\n"},
        {"name": ""},
    ],
)
def test_an_invalid_address_of_a_list_is_no_view(wrong: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(DEAREST), **wrong}, SavedView)
