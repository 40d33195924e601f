"""Runs the registry's queries with URL arguments, without blocking the till.

They run in a thread with its own connection: a search in a large catalogue takes milliseconds that would delay the next
scan.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar, get_type_hints

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Actor, IsoDate
from edge.core.process.reading_process import NotRead, ReadingProcess, ReadQuestion
from edge.core.registry import QuerySpec, Registry
from edge.core.storage.database import Connection
from edge.web.limits import QUERIES_WAITING, REMEMBERED_ANSWERS
from edge.web.problem import Problem

T = TypeVar("T")
REQUIRED = inspect.Parameter.empty
_OF_THE_REQUEST = ("lang", "register")
"""URL parameters allowed on every request, whether or not the query has such an argument."""

FILLED_IN = ("register", "at_us", "now_us", "today")
"""Arguments filled in by the server: the caller's register, the time, and the business day."""


class Argument(msgspec.Struct, frozen=True):
    """An argument of a query: its type and default (`REQUIRED`: none)."""

    type: Any
    default: Any


class QueryInfo(msgspec.Struct, frozen=True):
    """A query, with its arguments and its answer's type as annotated."""

    spec: QuerySpec
    arguments: dict[str, Argument]
    answer: Any

    def bind(self, given: Mapping[str, str], register: str, now_us: int, today: str) -> dict[str, Any]:
        """Convert arguments to their types. `register`, `now_us` and `today` are filled in if the query has them and
        the caller didn't give them. A price without a moment is the current one, including scheduled prices already in
        effect."""
        unknown = [name for name in given if name not in self.arguments and name not in _OF_THE_REQUEST]
        if unknown:
            raise Problem(400, "argument_unknown", name=unknown[0], allowed=", ".join(self.arguments) or "-")
        bound: dict[str, Any] = {}
        filled = dict(zip(FILLED_IN, (register, now_us, now_us, today), strict=True))
        for name, argument in self.arguments.items():
            if name in given:
                bound[name] = _convert(name, given[name], argument.type)
            elif name in filled:
                bound[name] = filled[name]
            elif argument.default is REQUIRED:
                raise Problem(400, "argument_missing", name=name)
        return bound

    def visible_answer(self, found: Any, actor: Actor) -> Any:
        """Return the part of an answer that `actor` may see."""
        return found if found is None or self.spec.shows is None else self.spec.shows(found, actor)


class QueryRunner:
    """All queries of a shop's registry (`questions_of`), with the thread that runs them. `beside`: a separate process
    for expensive queries."""

    def __init__(self, shop: CommandBus, questions: Mapping[str, QueryInfo]) -> None:
        self._shop = shop
        self.questions = questions
        self.beside: ReadingProcess | None = None
        self._db: Connection = shop.open_reader()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="panel-reader")
        self._waiting = 0
        self._versions: tuple[int, ...] = ()
        self._remembered: dict[Hashable, Any] = {}
        """Answers of `read_once` at `_versions` of the databases."""

    async def ask(self, question: QueryInfo, arguments: dict[str, Any]) -> Any:
        """Run a query. Raises `Problem` 503 if too many are waiting."""
        return await self.read(lambda db: question.spec.read(db, **arguments), question.spec.rests_on)

    async def read(self, read: Callable[[Connection], T], rests_on: Sequence[str] = ()) -> T:
        """Call `read` in the thread after the required following projections have caught up."""
        if self._waiting >= QUERIES_WAITING:
            raise Problem(503, "busy")
        self._waiting += 1
        try:
            await caught_up(self._shop, *rests_on)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, read, self._db)
        finally:
            self._waiting -= 1

    async def read_once(self, key: Hashable, read: Callable[[Connection], T], rests_on: Sequence[str] = ()) -> T:
        """As `read`, but return the last answer with this `key` if nothing has been committed since. `read` depends
        only on the ledger and the key; callers don't modify its answer."""
        return await self.read(lambda db: self._remember(db, key, read), rests_on)

    def _remember(self, db: Connection, key: Hashable, read: Callable[[Connection], T]) -> T:
        # read before the answer: if a commit comes in between, the next call sees another version and reads again
        names = [name for _, name, file in db.execute("PRAGMA database_list") if file]
        versions = tuple(db.execute(f'PRAGMA "{name}".data_version').fetchone()[0] for name in names)
        if versions != self._versions or len(self._remembered) >= REMEMBERED_ANSWERS:
            self._versions = versions
            self._remembered.clear()
        if key not in self._remembered:
            self._remembered[key] = read(db)
        found: T = self._remembered[key]
        return found

    def expect_question(self) -> None:
        """Start the separate process in advance."""
        if self.beside:
            self.beside.begin()

    async def read_beside(self, question: ReadQuestion[T]) -> T:
        """Answer a question in the separate process, or in the thread if that is unavailable."""
        if self.beside:
            with suppress(NotRead, TimeoutError):
                return await self.beside.ask(question)
        return await self.read(lambda db: question.read(db, self._shop.registry))

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._db.close()


class Questions(Mapping[str, QueryInfo]):
    """Queries by name. Each is inspected when first looked up, because inspecting all would add 25 ms to a start."""

    def __init__(self, specs: Mapping[str, QuerySpec]) -> None:
        self._specs = specs
        self._known: dict[str, QueryInfo] = {}

    def __getitem__(self, name: str) -> QueryInfo:
        if name not in self._known:
            self._known[name] = question_of(self._specs[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)


def questions_of(registry: Registry) -> Questions:
    """All queries by name."""
    return Questions(registry.queries)


def question_of(spec: QuerySpec) -> QueryInfo:
    """Inspect a query's function."""
    hints = get_type_hints(spec.read, include_extras=True)
    _, *parameters = inspect.signature(spec.read).parameters.values()
    arguments = {parameter.name: Argument(hints[parameter.name], parameter.default) for parameter in parameters}
    return QueryInfo(spec, arguments, hints["return"])


def _convert(name: str, text: str, type: Any) -> Any:
    try:
        found = msgspec.convert(text, type, strict=False)
        if type is IsoDate:
            date.fromisoformat(found)
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise Problem(400, "argument_wrong", name=name, why=str(error)) from error
    return found
