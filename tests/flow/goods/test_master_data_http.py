"""Things that are set as a whole, over HTTP: read, put, changed in part, ended, and not under someone else's hands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.journal.rows import facts
from tests.browser.serving import Served, serve
from tests.flow.ordering.test_orders_http import browser
from tests.shop_fixture import CONFIG, run

ZONE = {"title": "Town", "prefixes": ["750"], "fee": "milk", "fee_minor": 300}
TENDER = {"names": {"en": "Meal card", "fr": "Titre-restaurant"}, "surplus": "change", "back": False}
FAIR = {"name": "Fair", "first": "2027-01-01", "last": "2027-01-02", "effect_percent": 30}


class Programme:
    """Requests of a programme that may do everything."""

    def __init__(self, http: Any, served: Served) -> None:
        self._http, self._served = http, served

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, str]:
        """Status, answer and ETag."""
        url, grant = self._served.url, self._served.site.door.token
        headers = {"Origin": url, "Grant": grant, **{name.replace("_", "-"): text for name, text in headers.items()}}
        sent: Any = {"json": body} if body is not None else {}
        async with self._http.request(method, f"{url}/api/v1/{path}", headers=headers, **sent) as answer:
            said = await answer.json() if "json" in answer.content_type else None
            return answer.status, said, answer.headers.get("ETag", "")


def code_of(answer: tuple[int, Any, str]) -> tuple[int, str]:
    return answer[0], answer[1]["code"]


@pytest.mark.parametrize(
    ("path", "key", "thing", "field", "unknown"),
    [
        ("delivery-zones", "town", ZONE, {"title": "City"}, "no_such_zone"),
        ("tenders", "meal", TENDER, {"surplus": "kept"}, "tender_unknown"),
        ("occasions", "fair", FAIR, {"effect_percent": -20}, "no_such_occasion"),
    ],
)
def test_a_thing_is_put_changed_and_ended(
    tmp_path: Path, path: str, key: str, thing: dict[str, Any], field: dict[str, Any], unknown: str
) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, browser() as http:
            ask, one = Programme(http, served).ask, f"{path}/{key}"
            assert code_of(await ask("GET", one)) == (404, unknown)
            assert code_of(await ask("PATCH", one, field)) == (404, unknown)
            assert code_of(await ask("DELETE", one)) == (422, unknown)
            assert (await ask("PUT", one, thing, If_None_Match="*"))[0] == 200
            assert code_of(await ask("PUT", one, thing, If_None_Match="*")) == (412, "thing_there")
            status, known, tag = await ask("GET", one)
            assert status == 200 and {**thing, "id": key}.items() <= known.items()
            assert (await ask("GET", one, If_None_Match=tag))[0] == 304
            before = len(list(facts(served.shop.reader, served.shop.registry)))
            assert (await ask("PUT", one, thing))[0] == 200
            assert len(list(facts(served.shop.reader, served.shop.registry))) == before, "nothing is new"
            assert (await ask("PATCH", one, field, If_Match=tag))[0] == 200
            assert (await ask("GET", one))[1] == {**known, **field}, "and all else as it was"
            for method, body in (("PUT", thing), ("PATCH", field), ("DELETE", None)):
                assert code_of(await ask(method, one, body, If_Match=tag)) == (412, "thing_not_as_said")
            assert code_of(await ask("PATCH", one, {"colour": "red"})) == (400, "body_wrong")
            assert [found["id"] for found in (await ask("GET", path))[1]] == [key]
            assert (await ask("DELETE", one))[0] == 200
            assert (await ask("GET", path))[1] == []

    run(scenario())


def test_null_takes_a_field_back_to_where_it_begins(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, browser() as http:
            ask = Programme(http, served).ask
            await ask("PUT", "tenders/meal", TENDER)
            assert (await ask("PATCH", "tenders/meal", {"surplus": None, "names": {"fr": None}}))[0] == 200
            found = (await ask("GET", "tenders/meal"))[1]
            assert (found["surplus"], found["names"]) == ("refused", {"en": "Meal card"})

    run(scenario())


def test_who_may_not_manage_reads_tenders_and_changes_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, CONFIG) as served, browser() as http:
            ask = Programme(http, served).ask
            assert (await ask("GET", "tenders", Grant="", Register="1"))[0] == 200
            for method in ("PUT", "PATCH", "DELETE"):
                assert (await ask(method, "tenders/meal", TENDER, Grant="", Register="1"))[0] == 403
            assert code_of(await ask("PUT", "tenders/cash", TENDER)) == (422, "tender_reserved")

    run(scenario())
