"""Part that requests the weather for a shop without head office; the last answer is used until the next one."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import structlog

from edge.analytics.forecast.calendar.weather import read_weather_request
from edge.analytics.forecast.calendar.weather_answer import ANSWER_BYTES, CACHE_S, days_of, question_of
from edge.analytics.forecast.commands import NoteWeatherAsked, SetWeather, WeatherDay
from edge.analytics.forecast.settings import WEATHER_SECRET, ForecastSection
from edge.core.command_bus import CommandBus
from edge.core.process.parts import Ready
from edge.core.secrets.store import SecretStore
from edge.foundation.access.rights import system
from edge.lib.errors import NeedsHuman
from edge.runtime.config import Config
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp, require_success
from edge.runtime.secrets import secrets_of

_log = structlog.get_logger(__name__)
LOOK_S = 300.0
AGAIN_S = 3600
"""Seconds to wait after a failure."""


class WeatherPart:
    """Requests the weather periodically."""

    def __init__(self, config: Config, shop: CommandBus, http: OutgoingHttp, secrets: SecretStore) -> None:
        self._section = config.of(ForecastSection)
        self._shop, self._http, self._secrets = shop, http, secrets

    @classmethod
    def of(cls, config: Config, shop: CommandBus) -> WeatherPart:
        return cls(config, shop, OutgoingHttp(Breakers(), config.notify.allow), secrets_of(config.folder))

    @property
    def is_on(self) -> bool:
        return self._section.place is not None

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        async with self._http:
            ready()
            await self._shop.till_first.repeat(self.look, LOOK_S)

    async def look(self) -> None:
        """Request the weather if it's due."""
        asked = read_weather_request(self._shop.reader)
        if self._shop.now_us() - asked.asked_us < (AGAIN_S if asked.why else CACHE_S) * 1_000_000:
            return
        why = ""
        try:
            await self._shop.do(SetWeather(await self._fetch_weather()), system("job"))
        except Undelivered as error:
            why = f"undelivered.{error.why}"
        except MaybeSent:
            why = "undelivered.no_answer"
        except NeedsHuman:
            why = "forecast.weather_not_understood"
        if why:
            _log.warning("the weather couldn't be fetched", why=why)
        await self._shop.do(NoteWeatherAsked(why), system("job"))

    async def _fetch_weather(self) -> tuple[WeatherDay, ...]:
        assert self._section.place is not None, "it is on"
        has = await asyncio.to_thread(self._secrets.has, WEATHER_SECRET)
        key = await asyncio.to_thread(self._secrets.open, WEATHER_SECRET) if has else ""
        url = f"{self._section.weather_url}?{urlencode(question_of(*self._section.place, key))}"
        answer = await self._http.ask("GET", url, {"Accept": "application/json"}, None, ANSWER_BYTES)
        return days_of(require_success(answer, (200,)).body)
