"""Fetches a competitor's web pages as a visitor would: as robots.txt permits, and slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import msgspec

from edge.backoffice.feeds.reading.page_offers import PageRead
from edge.runtime.outgoing.faults import MaybeSent, Undelivered
from edge.runtime.outgoing.http_client import OutgoingHttp

AGENT = "edge-store-prices"
DELAY_MOST_S = 10.0
"""Maximum delay between requests, in seconds. A longer one in robots.txt counts as a refusal."""
ROBOTS_BYTES, PAGE_BYTES = 512 * 1024, 4 * 1024 * 1024
NO_ROBOTS = frozenset({404, 410})
REFUSED = "feeds.rival_refused"
"""Reason for a failure: the site refuses requests, so it isn't contacted again that day."""


class PageRefused(Exception):
    """A page couldn't be fetched. `key`: the text key of the reason."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key, self.what = key, what


class RivalPages:
    """Fetches pages of one host with an open `http`, at least `apart_s` seconds apart."""

    def __init__(
        self, http: OutgoingHttp, pause: Callable[[float], Awaitable[None]], now_us: Callable[[], int], apart_s: int
    ) -> None:
        self._http, self._pause, self._now_us, self._apart_s = http, pause, now_us, apart_s

    async def fetch(self, pages: Sequence[str], into: Path) -> None:
        """Write the pages to a file, one `PageRead` per line. Raises `PageRefused` if one can't be fetched."""
        rules = await self._rules(pages[0])
        delay_s = float(rules.crawl_delay(AGENT) or 0)
        if delay_s > DELAY_MOST_S or not all(rules.can_fetch(AGENT, page) for page in pages):
            raise PageRefused(REFUSED, "robots.txt")
        lines = []
        for page in pages:
            await self._pause(max(float(self._apart_s), delay_s))
            status, text = await self._page(page, PAGE_BYTES)
            if status != 200:
                raise PageRefused(REFUSED if status in (401, 403, 429) else "undelivered.refused", page[:200])
            at = datetime.fromtimestamp(self._now_us() / 1e6, UTC).isoformat()
            lines.append(msgspec.json.encode(PageRead(page, at, text)))
        await asyncio.to_thread(into.write_bytes, b"\n".join(lines))

    async def _rules(self, page: str) -> RobotFileParser:
        """The host's robots.txt rules (RFC 9309). Without a file everything is allowed; if it's unreachable, nothing
        is."""
        parts = urlsplit(page)
        status, text = await self._page(f"{parts.scheme}://{parts.netloc}/robots.txt", ROBOTS_BYTES)
        rules = RobotFileParser()
        if status == 200:
            rules.parse(text.splitlines())
        else:
            rules.parse([] if status in NO_ROBOTS else ["User-agent: *", "Disallow: /"])
        return rules

    async def _page(self, url: str, most_bytes: int) -> tuple[int, str]:
        try:
            answer = await self._http.ask("GET", url, {"User-Agent": AGENT, "Accept": "text/html"}, None, most_bytes)
        except (Undelivered, MaybeSent) as error:
            why = error.why if isinstance(error, Undelivered) else "no_answer"
            raise PageRefused(f"undelivered.{why}", url[:200]) from error
        return answer.status, answer.body.decode("utf-8", "replace")
