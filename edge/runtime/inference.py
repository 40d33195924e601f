"""The models part: the shop's model runtime and its priority below the till."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Outcome
from edge.core.process.parts import PartState, Ready
from edge.core.secrets.store import SecretStore
from edge.core.till_first import TillFirst
from edge.lib.errors import EdgeError
from edge.runtime.config import Config
from edge.runtime.inference_status import missing, seconds_to, worker_ended_state
from edge.runtime.models_state import MODELS
from edge.runtime.secrets import secrets_of
from models.errors import ModelError
from models.manifest import entries
from models.runtime.priority import Priority
from models.runtime.stats import Figures

if TYPE_CHECKING:  # loaded when the part runs, after the till's start
    from models.kinds import (
        Awaited,
        Heard,
        Partial,
        Reply,
        Request,
        Sound,
        Speech,
        SpeechFound,
        Spoken,
        Transcribed,
        Woken,
    )
    from models.manifest import Entry
    from models.runtime import Absent, Runtime
    from models.runtime.pending_reply import PendingReply
    from models.runtime.restart_policy import Notice
    from models.runtime.worker_host import Plan

_log = structlog.get_logger(__name__)

TICK_S = 1.0
"""Interval of checks of statistics, and of whether the till is idle."""

START_S = 0.5
"""The delay before models load: everything needed to sell starts first."""

QUIET_S = 2.0
"""Time without use after which a till is idle."""

_TILLS = frozenset({"cashier", "kiosk"})


class Embedder(NamedTuple):
    """A model's name, and whether it is loaded."""

    name: str
    loaded: bool


PHRASES = 1_500
"""Phrases per grammar. With more, recognition is slower than speech. Best sellers come first."""


HELD = frozenset({"pocketsphinx"})
"""Engines that recognise hardly any phrases except those they are given."""


class CataloguePhrases(Protocol):
    """Phrases that customers and staff may say in this shop, by language."""

    async def phrases(self, language: str) -> tuple[str, ...]: ...


class Inference:
    """The models part. Capabilities and pages send requests through it, even while it restarts. Speech recognition is
    limited to the `catalogue`'s phrases, if given."""

    def __init__(self, config: Config, shop: CommandBus, catalogue: CataloguePhrases | None = None) -> None:
        self._config = config.models
        self._zone = ZoneInfo(config.store.zone)
        self._folder = config.folder / "models"
        self._secrets = secrets_of(config.folder)
        self._shop = shop
        self._shipped = frozenset(entries())
        self._catalogue = catalogue
        self._runtime: Runtime | None = None
        self._troubles: dict[str, PartState] = {}
        self._till_first = TillFirst(time.monotonic, QUIET_S)
        self._gives_way = False
        self._ready: Ready | None = None
        shop.listen(self._mark_till_active)

    def ask(
        self,
        request: Request[Partial, Reply],
        within_s: float,
        priority: Priority = Priority.NORMAL,
        model: str = "",
    ) -> PendingReply[Partial, Reply]:
        """Send a request; see `models.runtime.Runtime.ask`. Raises ModelError; `notice_state` translates it."""
        if self._runtime is None:
            raise ModelError("stopped", "Models aren't running.", "Try again in a moment.")
        return self._runtime.ask(request, within_s, priority, model)

    async def listen(
        self,
        language: str,
        rate_hz: int,
        within_s: float,
        expected: tuple[str, ...] = (),
        free: bool = False,
        guesses: tuple[str, ...] = (),
    ) -> PendingReply[Heard, Transcribed]:
        """Recognise speech, limited to the catalogue's and `expected` phrases.

        Raises like `ask`. With `free`, or without product names in that language, recognition is unrestricted, using a
        model without a grammar if there is one. `guesses`: results of another model, which the model compares with its
        own.
        """
        from models.kinds import Listen

        named = await self._catalogue.phrases(language) if self._catalogue and (guesses or not free) else ()
        phrases = tuple(dict.fromkeys((*expected, *named)))[:PHRASES] if named else ()
        model = self._free_listener(language) if free else ""
        return self.ask(Listen(language, rate_hz, phrases, guesses), within_s, Priority.LIVE, model)

    def checks(self, language: str) -> bool:
        """Whether a second model can check recognised speech in this language without a grammar."""
        free = self._free_listener(language)
        return bool(free) and self._runtime is not None and self._runtime.able("stt", language)[0] != free

    def _free_listener(self, language: str) -> str:
        """Return the first speech model that isn't limited to given phrases; "" if none."""
        engines = {name: entry.engine for name, entry in self._config.entries().items()}
        able = self._runtime.able("stt", language) if self._runtime else ()
        return next((name for name in able if engines.get(name) not in HELD), "")

    def notice_speech(self, rate_hz: int, within_s: float, pause_ms: int) -> PendingReply[Speech, SpeechFound]:
        """Detect speech, and `pause_ms` of silence after it. Raises like `ask`."""
        from models.kinds import DetectSpeech

        return self.ask(DetectSpeech(rate_hz, pause_ms=pause_ms), within_s, Priority.LIVE)

    def speak(
        self, text: str, language: str, within_s: float, voice: str = "", speed: float = 1.0
    ) -> PendingReply[Sound, Spoken]:
        """Synthesise a text in pieces, with one of the model's voices. Raises like `ask`."""
        from models.kinds import Speak

        return self.ask(Speak(text, language, voice, speed), within_s, Priority.LIVE)

    def await_word(self, word: str, rate_hz: int, within_s: float) -> PendingReply[Woken, Awaited]:
        """Wait for a wake word. Raises like `ask`."""
        from models.kinds import AwaitWord

        return self.ask(AwaitWord((word,), rate_hz=rate_hz), within_s, Priority.LIVE)

    def has(self, kind: str, language: str = "") -> bool:
        return self._runtime is not None and self._runtime.has(kind, language)

    def embedder(self, kind: str = "embed") -> Embedder | None:
        """Return the model for text or picture embeddings (`embed_image`), if any: the preferred one, otherwise the
        shop's own, otherwise the shipped one."""
        wanted = self._config.use.get(kind, "")
        found = [one for one in self.figures() if one.kind == kind and one.state != "resting"]
        first = min(found, key=lambda one: (one.model != wanted, one.model in self._shipped), default=None)
        return Embedder(first.model, first.state == "ready") if first else None

    def figures(self) -> list[Figures]:
        """Return status and statistics per model; empty while the part isn't running."""
        return self._runtime.figures() if self._runtime else []

    async def run(self, ready: Ready) -> None:
        """Run until cancelled, then end every worker."""
        ready()
        await asyncio.sleep(START_S)
        self._ready = ready
        make = await asyncio.to_thread(self._look)  # in a thread, because its imports take a while
        runtime, absent = make()
        self._runtime = runtime
        wanted = {*self._config.keep, *self._config.use.values()}
        self._troubles = {one.name: missing(one) for one in absent if one.name in wanted}
        self._say()
        try:
            await self._go_on(runtime)
        finally:
            self._runtime = self._ready = None
            await runtime.stop()

    def _look(self) -> Callable[[], tuple[Runtime, list[Absent]]]:
        """Find available models; return a runtime factory (for the loop's thread), and the absent ones."""
        from models.manifest.memory_plan import box_mb, usual_mb
        from models.runtime import Runtime, Settings
        from models.worker import cgroup

        config = self._config
        here, absent = look(config.entries().values(), self._folder, config.threads, self._secrets)
        settings = Settings(config.memory_mb or usual_mb(box_mb()), config.keep, config.use, cgroup.divide())
        return lambda: (Runtime(here, absent, settings, self._record_notice), absent)

    async def _go_on(self, runtime: Runtime) -> None:
        loop = asyncio.get_running_loop()
        load_s = loop.time() + seconds_to(self._config.load_at, datetime.now(self._zone))
        shown: list[Figures] = []
        while True:
            if loop.time() >= load_s:
                load_s = float("inf")
                runtime.warm()
            if self._gives_way and not self._till_first.active:
                self._gives_way = False
                runtime.give_way(False)
            figures = runtime.figures()
            if figures != shown:
                shown = figures
                self._shop.bus.publish(MODELS)
            await asyncio.sleep(TICK_S)

    def _mark_till_active(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        """Mark the till active after any command at it."""
        if actor.surface not in _TILLS:
            return
        self._till_first.touch()
        if not self._gives_way and self._runtime:
            self._gives_way = True
            self._runtime.give_way(True)

    def _record_notice(self, notice: Notice) -> None:
        if notice.code == "back":
            _log.info("model back", model=notice.model)
            self._troubles.pop(notice.model, None)
        else:
            _log.warning("model ended", model=notice.model, what=notice.what, advice=notice.advice, log=notice.log)
            self._troubles[notice.model] = worker_ended_state(notice)
        self._say()

    def _say(self) -> None:
        """Report the most serious model problem as the part's status."""
        if self._ready:
            worst = sorted(self._troubles.values(), key=lambda state: state.state != "lost")
            self._ready(worst[0] if worst else PartState("", "ok"))


def look(known: Iterable[Entry], folder: Path, threads: int, secrets: SecretStore) -> tuple[list[Plan], list[Absent]]:
    """Split models into available ones, with the `secrets` in their options resolved, and absent ones with the
    reason."""
    from models.manifest.availability import find
    from models.registry import ENGINES, known_engines, package_lacking
    from models.runtime import Absent
    from models.runtime.worker_host import Plan

    engines = known_engines()

    def plan(entry: Entry) -> Plan | Absent:
        pair = entry.kind, entry.engine
        if pair in ENGINES:
            return find(entry, folder, threads, engines)
        if package := package_lacking(*pair):
            return _without_package(entry, package, "")
        try:
            return find(entry, folder, threads, engines)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - code of another publisher
            return _without_package(entry, entry.engine, f" ({error})")

    found = [_with_secrets(plan(entry), secrets) for entry in known]
    return [one for one in found if isinstance(one, Plan)], [one for one in found if isinstance(one, Absent)]


def _without_package(entry: Entry, package: str, why: str) -> Absent:
    """Return the absence of a model whose third-party engine can't be used."""
    from models.runtime import Absent

    what = f"The engine of {entry.name} comes from the extension {package}, which is off or can't be used{why}."
    keys = {"why": "package", "name": entry.name, "kind": entry.kind, "thing": package}
    return Absent(entry.name, entry.kind, entry.languages, what, "See Extensions (/manager/extensions).", keys)


def _with_secrets(found: Plan | Absent, secrets: SecretStore) -> Plan | Absent:
    """Resolve the secrets of a model's options. If one is missing, the model is absent."""
    from models.runtime import Absent

    if isinstance(found, Absent):
        return found
    try:
        options = {key: secrets.resolve(one) if isinstance(one, str) else one for key, one in found.options.items()}
    except EdgeError as error:
        keys = {"why": "secret", "name": found.name, "kind": found.kind, "thing": str(error.what)}
        return Absent(found.name, found.kind, found.languages, error.what, error.advice, keys)
    return msgspec.structs.replace(found, options=options)
