"""A shop without head office asks for its weather every six hours; what it was told last holds meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from edge.analytics.forecast.calendar.weather import read_weather, read_weather_request
from edge.analytics.forecast.calendar.weather_answer import question_of
from edge.analytics.forecast.service.weather_part import WeatherPart
from edge.analytics.forecast.settings import WEATHER_SECRET
from edge.analytics.forecast.watches import WATCHES
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.secrets import secrets_of
from tests.outgoing import HERE, http_server
from tests.shop_fixture import CONFIG, FakeClock, config, open_shop, run

HOUR_S = 3600.0
DAYS = {"time": ["2027-01-14"], "temperature_2m_max": [18.1], "temperature_2m_min": [9.2], "precipitation_sum": [3.5]}


def test_a_lone_shop_asks_for_its_weather(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, told = FakeClock(), msgspec.json.encode({"daily": DAYS}).decode()
        async with http_server() as server:
            text = f'{CONFIG}\n[forecast]\nweather_place = "32.08,34.78"\nweather_url = "{server.url}"\n'
            http = OutgoingHttp(Breakers(), (HERE,), timeout_s=5)
            async with open_shop(tmp_path, clock, text=text) as shop, http:
                made = config(tmp_path, text)
                secrets = secrets_of(made.folder)
                part = WeatherPart(made, shop, http, secrets)
                assert part.is_on
                secrets.set(WEATHER_SECRET, "our-key")
                (watch,) = [one for one in WATCHES if one.kind == "weather_old"]
                server.next = [(200, {}, told), (500, {}, ""), (200, {}, "no weather"), (200, {}, told)]
                failed, odd = "undelivered.server_failed", "forecast.weather_not_understood"
                for hours, why in ((0, ""), (5, ""), (1, failed), (48, odd)):
                    clock.advance(hours * HOUR_S)
                    await part.look()
                    assert read_weather_request(shop.reader).why == why
                    assert read_weather(shop.reader, date(2027, 1, 14), date(2027, 1, 14)), "what was told last holds"
                assert len(list(watch.read(shop.reader, shop.now_us(), ""))) == 1
                clock.advance(HOUR_S)
                await part.look()
                assert list(watch.read(shop.reader, shop.now_us(), "")) == []
                assert len(server.asked) == 4
        assert question_of(32.08, 34.78, "k")["apikey"] == "k" and "apikey" not in question_of(32.08, 34.78)

    run(scenario())
