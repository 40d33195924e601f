"""Pushes updates to open pages: fragments are rendered once per language, and mailboxes never grow.

A mailbox has the names of changed fragments, not their content. A slow page gets the state at the time it is ready and
skips intermediate ones.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from aiohttp import ClientConnectionResetError, WSCloseCode, web

from edge.core.bus import Subscription
from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Done, Outcome
from edge.core.process.parts import TaskSet
from edge.web.limits import CODES_WAITING, PAGES_OPEN, SOON_S, TICK_S
from edge.web.live.fragments import FACTS, NEW_DAY, TICK, Fragment, FragmentSource
from edge.web.live.rendering import Renderer
from edge.web.live.source import LiveSource


class PageConnection:
    """One open page: its last sent content, and the `fragments` that changed since. `still`: whether its user still has
    access."""

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

    def mark_changed(self, names: Iterable[str]) -> None:
        self._waiting.update(name for name in names if name in self._of)
        if self._waiting:
            self._wake.set()

    def send_scan(self, code: str) -> None:
        """Send the page a scanned code that it requested."""
        self._codes.append(code)
        self._wake.set()

    def leave(self) -> None:
        """Make `write` return."""
        self._open = False
        self._wake.set()

    async def close(self, code: int, why: str) -> None:
        await self._socket.close(code=code, message=why.encode())

    async def write(self, html: Callable[[str, str, str], str]) -> None:
        """Send changes, urgent ones first, until the page leaves."""
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
            return  # the page is gone; its reader notices that, too
        except Exception:
            await self.close(WSCloseCode.INTERNAL_ERROR, "this page can't be shown")
            raise

    def _piece(self, name: str, text: str) -> str:
        """Full or patch content for the page."""
        patch = self._of[name].patch
        return patch(self._sent[name], text) if patch and name in self._sent else text

    def _next(self) -> list[str]:
        """Return all urgent waiting names, or one other name, so that the next scan never waits behind a list."""
        waiting = [name for name in self._of if name in self._waiting]
        names = [name for name in waiting if self._of[name].urgent] or waiting[:1]
        self._waiting.difference_update(names)
        return names


class LivePages:
    """All open pages and their content."""

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
        self._refreshed = 0
        self._day = views.day()
        self.pages: set[PageConnection] = set()
        self.tasks = TaskSet(PAGES_OPEN)
        shop.listen(self._on_outcome)
        shop.on_uncertain_commit(self._read_again)

    def html(self, name: str, register: str, language: str) -> str:
        """Return the current HTML of a fragment; cached until it changes, unless it changes while it is rendered in
        slices."""
        key = (name, register, language)
        found = self._html.get(key)
        if found is None:
            refreshed = self._refreshed
            values = self.fragments[name].values(self._views, register)
            found = self._renderer.render(
                f"fragments/{name}.html", language, register=register, now_us=self._shop.now_us(), **values
            )
            if refreshed == self._refreshed:
                self._html[key] = found
        return found

    def refresh_pages(self, names: Iterable[str], register: str | None = None) -> None:
        """Refresh these fragments on all pages (of one register)."""
        names = frozenset(names)
        self._refreshed += 1
        for key in [key for key in self._html if key[0] in names and register in (None, key[1])]:
            del self._html[key]
        for page in self.pages:
            if register in (None, page.register):
                page.mark_changed(names)

    async def follow(self) -> None:
        """Follow the bus and the clock until cancelled; pushes at most every SOON_S."""
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
                    self.refresh_pages(soon)
                    soon.clear()
        finally:
            self._shop.bus.unsubscribe(subscription)

    def _changes_access(self, command: Command) -> bool:
        """Whether a command changes access, such as revoking a key, a pairing or a user. These are the commands that
        ask for the PIN again."""
        spec = self._shop.registry.by_name.get(type(command).__name__)
        return spec is not None and spec.reauthenticate

    def _send_away_who_is_let_in_no_more(self) -> None:
        for page in [page for page in self.pages if not page.still()]:
            self.pages.discard(page)
            page.leave()
            self.tasks.start(page.close(WSCloseCode.POLICY_VIOLATION, "this browser is no longer allowed"), "sent away")

    def send_away(self, register: str) -> None:
        """Disconnect a register's pages: they reconnect to the site now responsible."""
        for page in [page for page in self.pages if page.register == register]:
            self.pages.discard(page)
            self.tasks.start(page.close(WSCloseCode.SERVICE_RESTART, "somebody practises here"), "sent away")

    async def stop(self) -> None:
        """Disconnect every page. Pages reconnect after the restart."""
        goodbyes = [page.close(WSCloseCode.SERVICE_RESTART, "the till restarts") for page in self.pages]
        await asyncio.gather(*goodbyes)
        await self.tasks.stop()

    def on_message(self, register: str, page: PageConnection, text: str) -> None:
        """Pass a page's message ("" when it closes) on to the sources."""
        for source in self._sources:
            source.on_message(register, page, text)

    def _on_outcome(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and self._changes_access(command):
            self._send_away_who_is_let_in_no_more()
        for source in self._sources:
            for change in source.on_answer(command, actor, outcome):
                if change.names:
                    self.refresh_pages(change.names, change.register)

    def _read_again(self) -> None:
        """Reread the state from disk after an uncertain commit."""
        for source in self._sources:
            self.refresh_pages(source.reread())

    def _tick(self) -> set[str]:
        day, self._day = self._day, self._views.day()
        names = {*self._follows.get(TICK, ()), *(self._follows.get(NEW_DAY, ()) if day != self._day else ())}
        return names.union(*(source.on_tick() for source in self._sources))


def _follows(fragments: Mapping[str, Fragment]) -> dict[str, tuple[str, ...]]:
    """Fragments by the bus topic that refreshes them."""
    topics: dict[str, tuple[str, ...]] = {}
    for fragment in fragments.values():
        for topic in fragment.follows:
            topics[topic] = (*topics.get(topic, ()), fragment.name)
    return topics


async def _next(subscription: Subscription, until: float) -> str:
    """Return the topic of the next message; "" on timeout."""
    try:
        async with asyncio.timeout_at(until):
            topic, _ = await subscription.next()
            return topic
    except TimeoutError:
        return ""
