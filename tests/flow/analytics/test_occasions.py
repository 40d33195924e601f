"""What changes how much is bought: calendars as people export them, and the weather as head office fetches it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from edge.analytics.forecast.calendar.calendar_reader import CalendarQuestion, read, read_calendar
from edge.analytics.forecast.calendar.occasions import read_occasions
from edge.analytics.forecast.calendar.weather import DayWeather, read_weather, weather_kinds
from edge.analytics.forecast.calendar.weather_answer import ANSWER_BYTES, days_of
from edge.analytics.forecast.commands import SetOccasion, WeatherDay
from edge.app.head_office.hub_occasions import directive_of, fetch_occasions, prefix_of
from edge.app.head_office.hub_weather import fetch_weather
from edge.backoffice.directives.events import DirectiveApplied
from edge.lib.errors import NeedsHuman
from tests.importing import job_runner
from tests.shop_fixture import SYSTEM, done, open_shop, run
from tests.unit.backoffice.test_directive_kinds import applied, ends, taken

EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{name}\r\n{more}\r\nEND:VEVENT\r\n"
WEATHER = {
    "latitude": 32.08,
    "daily": {
        "time": ["2027-01-14", "2027-01-15", "2027-01-16", "2027-01-17"],
        "temperature_2m_max": [18.1, 31.0, None, 999.0],
        "temperature_2m_min": [9.2, 14.5, 10.0, 10.0],
        "precipitation_sum": [3.5, None, 0.0, 0.0],
    },
}


def calendar(*events: tuple[str, str, str]) -> str:
    inside = "".join(EVENT.format(uid=uid, name=name, more=more) for uid, name, more in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//town//en\r\n{inside}END:VCALENDAR\r\n"


def test_a_calendar_of_days_hours_and_weeks() -> None:
    text = calendar(
        ("1", "Town fair", "DTSTART;VALUE=DATE:20270120\r\nDTEND;VALUE=DATE:20270123\r\nX-EFFECT-PERCENT:40"),
        ("2", "Match", "DTSTART:20270125T183000Z\r\nDTEND:20270125T210000Z"),
        ("3", "Market", "DTSTART;VALUE=DATE:20270102\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE;VALUE=DATE:20270123"),
        ("4", "Long ago", "DTSTART;VALUE=DATE:20200101"),
        ("5", "For ever", "DTSTART;VALUE=DATE:20270301\r\nRRULE:FREQ=DAILY"),
    )
    found = read(CalendarQuestion(text, "2027-01-15", "Asia/Jerusalem", 15)).occasions
    told = [(one.name, one.first, one.last, one.effect_percent) for one in found if one.name != "For ever"]
    assert told == [
        ("Market", "2027-01-16", "2027-01-16", 15),
        ("Town fair", "2027-01-20", "2027-01-22", 40),
        ("Match", "2027-01-25", "2027-01-25", 15),
        ("Market", "2027-01-30", "2027-01-30", 15),
    ]
    assert read(CalendarQuestion(text, "2027-01-15", "Asia/Jerusalem", 15)).omitted == 160, "and says so"
    assert len(found) <= 200 and len({one.id for one in found}) == len(found)
    assert found == read(CalendarQuestion(text, "2027-01-15", "Asia/Jerusalem", 15)).occasions, "the same ids again"


def test_what_was_cancelled_or_moved_is_not_on_its_old_day() -> None:
    weekly = "DTSTART;VALUE=DATE:20270116\r\nRRULE:FREQ=WEEKLY;COUNT=3"
    text = calendar(
        ("1", "Town fair", "DTSTART;VALUE=DATE:20270120\r\nSTATUS:CANCELLED"),
        ("2", "Market", weekly),
        ("2", "Market", "RECURRENCE-ID;VALUE=DATE:20270123\r\nDTSTART;VALUE=DATE:20270124"),
        ("2", "Market", "RECURRENCE-ID;VALUE=DATE:20270130\r\nDTSTART;VALUE=DATE:20270130\r\nSTATUS:CANCELLED"),
        ("3", "Match", weekly),
    )
    found = read(CalendarQuestion(text, "2027-01-15")).occasions
    assert [one.first for one in found if one.name == "Market"] == ["2027-01-16", "2027-01-24"]
    assert [one.first for one in found if one.name == "Match"] == ["2027-01-16", "2027-01-23", "2027-01-30"]
    assert len(found) == 5


@pytest.mark.parametrize(
    "text", ["", "calendar can't be read", calendar(("1", "x", "DTSTART:soon")), "BEGIN:VEVENT\r\nEND:VEVENT"]
)
def test_what_is_no_calendar_is_told(text: str) -> None:
    try:
        assert read_calendar(CalendarQuestion(text, "2027-01-15")).occasions == ()
    except NeedsHuman as error:
        assert error.what


def test_the_weather_comes_from_head_office(tmp_path: Path) -> None:
    async def scenario() -> None:
        asked: list[dict[str, str]] = []

        async def answer(request: web.Request) -> web.StreamResponse:
            asked.append(dict(request.query))
            response = web.StreamResponse(status=200 if request.query.get("apikey") == "ours" else 401)
            await response.prepare(request)
            whole = msgspec.json.encode(WEATHER)
            for piece in (whole[:40], whole[40:]):  # as a slow line brings it
                await asyncio.sleep(0.01)
                await response.write(piece)
            return response

        app = web.Application()
        app.router.add_get("/v1/forecast", answer)
        async with TestServer(app) as server:
            url = str(server.make_url("/v1/forecast"))
            days = await fetch_weather(url, 32.08, 34.78, "ours")
            with pytest.raises(NeedsHuman):
                await fetch_weather(url, 32.08, 34.78, "theirs")
        with pytest.raises(NeedsHuman):
            await fetch_weather(url, 32.08, 34.78, "ours")  # nobody is there any more
        assert asked[0]["daily"] == "temperature_2m_max,temperature_2m_min,precipitation_sum"
        assert days == (WeatherDay("2027-01-14", 181, 92, 35), WeatherDay("2027-01-15", 310, 145, 0)), "what is known"
        fair = {"id": "fair", "name": "Fair", "first": "2027-02-01", "last": "2027-02-03", "effect_percent": 30}
        async with open_shop(tmp_path) as shop:
            ends = await applied(
                shop,
                taken(1, "weather-days", {"weather": msgspec.to_builtins(days)}),
                taken(2, "occasions", {"occasions": [{"occasion": fair}, {"ended": "none"}]}),
            )
            assert all(isinstance(one, DirectiveApplied) for one in ends)
            known = read_weather(shop.reader, date(2027, 1, 1), date(2027, 1, 31))
            assert known["2027-01-14"].text == "9 – 18 °C, 4 mm" and known["2027-01-15"].text == "14 – 31 °C"
            assert [one.name for one in read_occasions(shop.reader)] == ["Fair"]

    run(scenario())


def test_an_answer_that_is_none() -> None:
    with pytest.raises(NeedsHuman):
        days_of(b'{"error": true}')


def test_hot_cold_and_wet_days_are_those_of_the_place_itself() -> None:
    first = date(2026, 1, 1)
    past = [first + timedelta(days=at) for at in range(100)]
    weather = {day.isoformat(): DayWeather(100 + at, 50, 80 if at == 7 else 0) for at, day in enumerate(past)}
    kinds = weather_kinds(weather, past)
    assert kinds["wet"] == {"2026-01-08"} and len(kinds["hot"]) == 7 and len(kinds["cold"]) == 8
    assert weather_kinds(weather, past[:30]) == {}, "too little is known of the place"


FAIR = {"name": "Town fair", "first": "2027-02-01", "last": "2027-02-03", "effect_percent": 30}


def test_what_is_on_comes_from_a_feed_at_head_office_and_goes_with_it(tmp_path: Path) -> None:
    """A town's calendar, as JSON and as iCalendar: stores are told what changed, and what is not on after all."""

    async def scenario() -> None:
        bodies = [
            msgspec.json.encode(
                [FAIR, {"name": "Match", "first": "2027-02-05"}, {"name": "Past", "first": "2026-02-05"}]
            ),
            msgspec.json.encode({"events": [FAIR | {"effect_percent": 50}]}),
            calendar(("7", "Market", "DTSTART;VALUE=DATE:20270210")).encode(),
            b'{"events": [{"name": "Fair", "first": "soon"}]}',
            b"<html>",
        ]
        served = iter(bodies)

        async def answer(request: web.Request) -> web.Response:
            known = request.headers.get("Authorization") == "Bearer ours"
            return web.Response(body=next(served), status=200) if known else web.Response(status=403)

        app, asked = web.Application(), CalendarQuestion("", "2027-01-15", "Asia/Jerusalem", 10)
        app.router.add_get("/town", answer)
        async with TestServer(app) as server, open_shop(tmp_path) as shop:
            url, told, number = str(server.make_url("/town")), list[tuple[bytes, list[str]]](), 0

            async def handed_down() -> list[tuple[str, int]]:
                nonlocal number
                found = await fetch_occasions(url, asked, "ours")
                if (directive := directive_of(url, found, told, "2027-01-15")) is not None:
                    told.insert(0, (msgspec.json.encode(directive), []))
                    number += 1
                    async with job_runner(shop):
                        await done(shop, taken(number, "occasions", directive), SYSTEM)
                        assert isinstance((await ends(shop, number))[-1], DirectiveApplied)
                assert directive_of(url, found, told, "2027-01-15") is None, "the same is not told twice"
                return [(one.name, one.effect_percent) for one in read_occasions(shop.reader)]

            with pytest.raises(NeedsHuman):
                await fetch_occasions(url, asked, "theirs")
            assert await handed_down() == [("Town fair", 30), ("Match", 10)]
            assert await handed_down() == [("Town fair", 50)], "the match is off, the fair is larger"
            assert await handed_down() == [("Market", 10)]
            for _ in range(2):
                with pytest.raises(NeedsHuman):
                    await fetch_occasions(url, asked, "ours")
        with pytest.raises(NeedsHuman):
            await fetch_occasions(url, asked, "ours")  # nobody is there any more

    run(scenario())


def test_a_feed_ends_nothing_of_another_one_nor_what_is_over() -> None:
    ours, theirs = "https://town.example/events", "https://stadium.example/matches"
    fair = SetOccasion(prefix_of(ours) + "1", "Fair", "2027-01-01", "2027-01-02", 30)
    match = SetOccasion(prefix_of(theirs) + "1", "Match", "2027-02-01", "2027-02-01", 30)
    told = [(msgspec.json.encode({"occasions": [{"occasion": one} for one in (fair, match)]}), ())]
    assert directive_of(ours, (), told, "2027-01-15") is None
    assert directive_of(theirs, (), told, "2027-01-15") == {"occasions": [{"ended": match.id}]}


def test_what_a_full_store_did_not_take_is_told_again_behind_what_has_ended(tmp_path: Path) -> None:
    url, today = "https://town.example/events", "2027-01-15"
    prefix = prefix_of(url)
    many = [SetOccasion(f"{prefix}{at:03}", f"Event {at}", "2030-02-01", "2030-02-01", 10) for at in range(200)]
    new = SetOccasion(f"{prefix}new", "New", "2030-02-02", "2030-02-02", 10)

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            told: list[tuple[bytes, tuple[str, ...]]] = []
            for number, now in enumerate((many, [*many, new], [*many[1:], new]), 1):
                directive = directive_of(url, now, told, today)
                assert directive is not None, f"{number}: the box did not take all that it was told"
                async with job_runner(shop):
                    await done(shop, taken(number, "occasions", directive), SYSTEM)
                    end = (await ends(shop, number))[-1]
                assert isinstance(end, DirectiveApplied)
                assert end.unknown == (() if number != 2 else (new.id,))
                told.insert(0, (msgspec.json.encode(directive), end.unknown))
            assert {one.id for one in read_occasions(shop.reader)} == {one.id for one in (*many[1:], new)}

    run(scenario())


def test_what_is_over_makes_room(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for at in range(201):
                await done(
                    shop, SetOccasion(f"o{at:03}", "Past", "2020-02-01", f"2020-02-{1 + at // 10:02}", 10), SYSTEM
                )
            found = {one.id for one in read_occasions(shop.reader)}
            assert len(found) == 200 and "o000" not in found and "o200" in found

    run(scenario())


def test_a_feed_that_is_too_large_is_told_and_not_cut() -> None:
    async def scenario() -> None:
        async def answer(_: web.Request) -> web.Response:
            events = [{"name": f"Event {at} {'x' * 100}", "first": "2027-02-05"} for at in range(10_000)]
            return web.Response(
                text=calendar(("1", "Fair", "DTSTART;VALUE=DATE:20270210")) + msgspec.json.encode(events).decode()
            )

        app = web.Application()
        app.router.add_get("/town", answer)
        async with TestServer(app) as server:
            with pytest.raises(NeedsHuman, match="more than 1,024 KiB"):
                await fetch_occasions(str(server.make_url("/town")), CalendarQuestion("", "2027-01-15"))

    run(scenario())


@pytest.mark.parametrize("url", ["http://town.invalid/events", "HTTP://192.0.2.7/events"])
def test_a_key_is_not_sent_where_anybody_can_read_it(url: str) -> None:
    with pytest.raises(NeedsHuman, match="sent over http"):
        run(fetch_occasions(url, CalendarQuestion("", "2027-01-15"), "ours"))
    with pytest.raises(NeedsHuman, match="sent over http"):
        run(fetch_weather(url, 32.08, 34.78, "ours"))


def test_weather_that_is_too_large_or_nowhere_is_told_by_what_is_wrong() -> None:
    async def scenario() -> None:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=msgspec.json.encode(WEATHER) + b" " * ANSWER_BYTES)

        app = web.Application()
        app.router.add_get("/v1/forecast", answer)
        async with TestServer(app) as server:
            with pytest.raises(NeedsHuman, match="more than 256 KiB"):
                await fetch_weather(str(server.make_url("/v1/forecast")), 32.08, 34.78)
        with pytest.raises(NeedsHuman, match="isn't an address"):
            await fetch_weather("weather", 32.08, 34.78)

    run(scenario())
