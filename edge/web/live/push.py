"""Pages kept up to date: fragments rendered once a language, and a mailbox a page that never grows.

A mailbox holds names, not content: a slow page gets what is true when it is ready for
more, and what it missed in between was never kept.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from aiohttp import ClientConnectionResetError, WSCloseCode, web

from edge.core.bus import Subscription
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Outcome
from edge.core.process.parts import TaskSet
from edge.web.limits import CODES_WAITING, PAGES_OPEN, SOON_S, TICK_S
from edge.web.live.fragments import FACTS, NEW_DAY, TICK, Fragment, FragmentSource
from edge.web.live.rendering import Renderer
from edge.web.live.source import LiveSource


class PageConnection:
    """One open page: what it was sent last, and what changed since of the `fragments` that it holds. `still`: whether
    who opened it would be let in now."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        fragments: Iterable[Fragment],
        register: str,
        language: str,
        still: Callable[[], bool] = lambda: True,
    ) -> None:
        self.still = still
        self.register = register
        self.language = language
        self._socket = socket
        self._of = {fragment.name: fragment for fragment in fragments}
        self._waiting = set(self._of)
        self._sent: dict[str, str] = {}
        self._codes: deque[str] = deque(maxlen=CODES_WAITING)
        self._wake = asyncio.Event()
        self._wake.set()
        self._open = True

    def changed(self, names: Iterable[str]) -> None:
        self._waiting.update(name for name in names if name in self._of)
        if self._waiting:
            self._wake.set()

    def scanned(self, code: str) -> None:
        """Send the page a code that it asks for."""
        self._codes.append(code)
        self._wake.set()

    def leave(self) -> None:
        """Let `write` end."""
        self._open = False
        self._wake.set()

    async def close(self, code: int, why: str) -> None:
        await self._socket.close(code=code, message=why.encode())

    async def write(self, html: Callable[[str, str, str], str]) -> None:
        """Send what changed, the urgent first, until the page leaves."""
        try:
            while self._open:
                await self._wake.wait()
                self._wake.clear()
                while self._codes:
                    await self._socket.send_json({"code": self._codes.popleft()})
                while names := self._next():
                    fresh = [(name, html(name, self.register, self.language)) for name in names]
                    fresh = [(name, text) for name, text in fresh if self._sent.get(name) != text]
                    if fresh:
                        await self._socket.send_str("".join(self._piece(name, text) for name, text in fresh))
                        self._sent.update(fresh)
        except ClientConnectionResetError:
            return  # the page is gone; whoever reads from it notices too
        except Exception:
            await self.close(WSCloseCode.INTERNAL_ERROR, "this page cannot be shown")
            raise

    def _piece(self, name: str, text: str) -> str:
        """What the page needs to show it."""
        patch = self._of[name].patch
        return patch(self._sent[name], text) if patch and name in self._sent else text

    def _next(self) -> list[str]:
        """All urgent names that wait, or one that is not urgent: the next scan never waits behind a list."""
        waiting = [name for name in self._of if name in self._waiting]
        names = [name for name in waiting if self._of[name].urgent] or waiting[:1]
        self._waiting.difference_update(names)
        return names


class LivePages:
    """All open pages, and what they show."""

    def __init__(
        self,
        shop: CommandBus,
        views: FragmentSource,
        renderer: Renderer,
        fragments: Mapping[str, Fragment],
        sources: Sequence[LiveSource] = (),
    ) -> None:
        self._shop = shop
        self.fragments = fragments
        self._follows = _follows(fragments)
        self._views = views
        self._renderer = renderer
        self._sources = sources
        self._html: dict[tuple[str, str, str], str] = {}
        self._day = views.day()
        self.pages: set[PageConnection] = set()
        self.tasks = TaskSet(PAGES_OPEN)
        shop.listen(self._on_outcome)
        shop.on_uncertain_commit(self._read_again)

    def html(self, name: str, register: str, language: str) -> str:
        """A fragment as it is now; rendered once until it changes."""
        key = (name, register, language)
        found = self._html.get(key)
        if found is None:
            values = self.fragments[name].values(self._views, register)
            found = self._renderer.render(
                f"fragments/{name}.html", language, register=register, now_us=self._shop.now_us(), **values
            )
            self._html[key] = found
        return found

    def changed(self, names: Iterable[str], register: str | None = None) -> None:
        """Let every page (of one register) show these fragments anew."""
        names = frozenset(names)
        for key in [key for key in self._html if key[0] in names and register in (None, key[1])]:
            del self._html[key]
        for page in self.pages:
            if register in (None, page.register):
                page.changed(names)

    async def follow(self) -> None:
        """Follow the bus and the clock, until cancelled. What they bring is pushed every SOON_S at most."""
        subscription = self._shop.bus.subscribe(*(self._follows.keys() - {FACTS, TICK, NEW_DAY}))
        now = asyncio.get_running_loop().time
        ticked = pushed = now()
        seen = self._shop.head.seq
        soon: set[str] = set()
        try:
            while True:
                topic = await _next(subscription, min(ticked + TICK_S, pushed + SOON_S) if soon else ticked + TICK_S)
                soon.update(self._follows.get(topic, ()))
                if self._shop.head.seq != seen:
                    seen = self._shop.head.seq
                    soon.update(self._follows.get(FACTS, ()))
                if now() >= ticked + TICK_S:
                    ticked = now()
                    soon.update(self._tick())
                    self._send_away_who_is_let_in_no_more()
                if soon and now() >= pushed + SOON_S:
                    pushed = now()
                    self.changed(soon)
                    soon.clear()
        finally:
            self._shop.bus.unsubscribe(subscription)

    def _send_away_who_is_let_in_no_more(self) -> None:
        for page in [page for page in self.pages if not page.still()]:
            self.pages.discard(page)
            self.tasks.start(page.close(WSCloseCode.POLICY_VIOLATION, "this browser is let in no more"), "sent away")

    def send_away(self, register: str) -> None:
        """Send the pages of a register away: they come back by themselves, to whoever answers for it now."""
        for page in [page for page in self.pages if page.register == register]:
            self.pages.discard(page)
            self.tasks.start(page.close(WSCloseCode.SERVICE_RESTART, "somebody practises here"), "sent away")

    async def stop(self) -> None:
        """Send every page away; it comes back by itself once somebody answers again."""
        goodbyes = [page.close(WSCloseCode.SERVICE_RESTART, "the till restarts") for page in self.pages]
        await asyncio.gather(*goodbyes)
        await self.tasks.stop()

    def said(self, register: str, page: PageConnection, text: str) -> None:
        """What an open page said, "" once it is gone, to whom that matters."""
        for source in self._sources:
            source.said(register, page, text)

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        for source in self._sources:
            for change in source.answered(command, actor, outcome):
                if change.names:
                    self.changed(change.names, change.register)

    def _read_again(self) -> None:
        """Only the disk knows what is so, and whether it can be written."""
        for source in self._sources:
            self.changed(source.reread())

    def _tick(self) -> set[str]:
        day, self._day = self._day, self._views.day()
        names = {*self._follows.get(TICK, ()), *(self._follows.get(NEW_DAY, ()) if day != self._day else ())}
        return names.union(*(source.ticked() for source in self._sources))


def _follows(fragments: Mapping[str, Fragment]) -> dict[str, tuple[str, ...]]:
    """Which fragments follow from a message on the bus."""
    topics: dict[str, tuple[str, ...]] = {}
    for fragment in fragments.values():
        for topic in fragment.follows:
            topics[topic] = (*topics.get(topic, ()), fragment.name)
    return topics


async def _next(subscription: Subscription, until: float) -> str:
    """The topic of the next message; "" if none came until then."""
    try:
        async with asyncio.timeout_at(until):
            topic, _ = await subscription.next()
            return topic
    except TimeoutError:
        return ""
