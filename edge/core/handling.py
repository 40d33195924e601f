"""How a command is done: what its handler works with, what must be so first, what later capabilities do before and
behind it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any, Protocol

import msgspec

from edge.core.asking import Ask
from edge.core.memo import Memo, Memos
from edge.core.messages import Actor, Command, Done, Event, RecordedEvent, Refused
from sync.wire import Row


class Transaction(Protocol):
    """What a handler works with: the writer's connection, the moment, and the way to append."""

    @property
    def db(self) -> Any: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def command_id(self) -> bytes: ...
    @property
    def at_us(self) -> int: ...
    @property
    def mono_us(self) -> int: ...
    @property
    def boot_id(self) -> bytes: ...
    @property
    def business_date(self) -> str: ...

    @property
    def ask(self) -> Ask:
        """Asks back what may not be meant, unless whoever asked has answered it."""

    @property
    def is_child(self) -> bool:
        """Whether another command does this one: nobody asked for it by itself."""

    @property
    def facts(self) -> Sequence[RecordedEvent]:
        """What it has appended so far, without what its children have."""
        ...

    @property
    def memos(self) -> Memos:
        """What memos say inside this transaction (`Memo.of`)."""

    def append(self, event: Event) -> RecordedEvent:
        """Put `event` into the journal and into the strict projections."""

    def append_again(self, row: Row) -> RecordedEvent:
        """Put the event of a row of another history into the journal once more: under its command's id, by whom, where
        and when it was."""

    def read(self, seq: int) -> RecordedEvent:
        """The fact at a row of the journal. `LookupError`: there is no such row."""

    def offered(self, name: str, on_page: bool = False) -> type[Command] | None:
        """The command of that name, where whoever asks could ask for it by itself from here; None: it is not there, not
        theirs, needs a till that they do not stand at, or a page asks for the PIN once more first. `on_page`: that page
        is what they are offered."""

    def do(self, command: Command, asks: bool = True) -> Done:
        """Do a command of an earlier capability, in the same savepoint. `Refusal`: it says no, and with it whoever
        asked. Who catches that goes on only where nothing was changed yet. Not `asks`: it asks nothing back, as nobody
        is there who could answer."""


Handler = Callable[[Transaction, Any], Any]
"""Gives the `Done`'s result, or raises a `Refusal`: everything that was done is undone."""
Before = Callable[[Transaction, Any], Any]
"""What a later capability does before a command. None: the command goes its way; anything else is its result, and its
handler is not asked. `Refusal`: it is not done."""
After = Callable[[Transaction, Any, Any], Any]
"""What a later capability does behind a command, with its result, in the same commit; gives the result."""


class Requirement(msgspec.Struct, frozen=True):
    """Something that must be so before a command is done, by the name that specs give in `requires`: `check` raises
    a `Refusal` where it is not. It changes nothing."""

    name: str
    check: Callable[[Transaction, Any], None]


class MethodHandler:
    """A handler, or what is done behind one, that is a method of what a store's settings of the moment make."""

    def __init__(
        self, settings: Callable[[Transaction], Any], make: Callable[[Any], Any], method: Callable[..., Any]
    ) -> None:
        self._settings = settings
        self._make = make
        self._method = method
        self._made: tuple[Any, Any] = (None, None)
        update_wrapper(self, method)  # also what it says that it gives back

    def __call__(self, tx: Transaction, *asked: Any) -> Any:
        settings, made = self._settings(tx), self._made
        if made[0] is not settings:
            self._made = made = (settings, self._make(settings))
        return self._method(made[1], tx, *asked)


class OnlyWhere(msgspec.Struct, frozen=True):
    """A `Before` or `After` of a capability that most shops do not use: done only where a memo says that there is
    anything of it."""

    used: Memo[Any]
    do: Callable[..., Any]


Ring = tuple[Memo[Any] | None, Callable[..., Any]]
"""What is done before or behind a command, and the memo that says whether."""


def ring_of(declared: Callable[..., Any] | OnlyWhere) -> Ring:
    """What a capability declared in `before` or `after`."""
    return (declared.used, declared.do) if isinstance(declared, OnlyWhere) else (None, declared)


class CommandPath(msgspec.Struct, frozen=True):
    """All that is done for a command, in this order; resolved once, when the shop starts."""

    before: tuple[Ring, ...]
    checks: tuple[Callable[[Transaction, Any], None], ...]
    handler: Handler
    after: tuple[Ring, ...]

    def run(self, tx: Transaction, command: Command) -> Any:
        """Do the command; its result. `Refusal`: it is not to be done."""
        result = None
        for used, before in self.before:
            if (used is None or used.of(tx)) and (result := before(tx, command)) is not None:
                break
        else:
            for check in self.checks:
                check(tx, command)
            result = self.handler(tx, command)
        for used, after in self.after:
            if used is None or used.of(tx):
                result = after(tx, command, result)
        if isinstance(result, Refused):
            raise TypeError(f"{type(command).__name__} returned {result.code!r}, which must be raised as a Refusal")
        return result
