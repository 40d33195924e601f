"""How a command is handled: its transaction, its requirements, and other capabilities' steps around it. Pure."""

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
    """Context of a handler: the writer's connection, the current time, and `append` for events."""

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
        """Ask for confirmation, unless the caller has already answered."""

    @property
    def is_child(self) -> bool:
        """Whether another command executes this one."""

    @property
    def facts(self) -> Sequence[RecordedEvent]:
        """Events appended so far, without those of child commands."""
        ...

    @property
    def memos(self) -> Memos:
        """Memos as this transaction sees them (`Memo.of`)."""

    def append(self, event: Event) -> RecordedEvent:
        """Append `event` to the journal and apply it to the strict projections."""

    def append_again(self, row: Row) -> RecordedEvent:
        """Append an event from another history again, with its original command id, actor, place and time."""

    def read(self, seq: int) -> RecordedEvent:
        """Return the event at a row of the journal. Raises `LookupError` if there is none."""

    def offered_command(self, name: str, on_page: bool = False) -> type[Command] | None:
        """Return the command of that name if the actor could execute it directly from here, otherwise None. It is None
        if the command doesn't exist, isn't permitted, needs a till, or first needs the PIN on a page. `on_page`: the
        command is offered on that page."""

    def do(self, command: Command, asks: bool = True) -> Done:
        """Execute an earlier capability's command in the same savepoint. Raises `Refusal` if it is refused; catch it
        only if nothing was changed yet. With `asks` False, the command asks no questions."""


Handler = Callable[[Transaction, Any], Any]
"""Returns the result for `Done`, or raises a `Refusal`, which rolls everything back."""
Before = Callable[[Transaction, Any], Any]
"""Runs before a command, for another capability. None lets the command proceed; any other value becomes its result, and
the handler doesn't run. A `Refusal` rejects the command."""
After = Callable[[Transaction, Any, Any], Any]
"""Runs after a command in the same commit, for another capability. Takes the command's result and returns the final
one."""


class Requirement(msgspec.Struct, frozen=True):
    """A precondition of commands, listed by name in a spec's `requires`. `check` raises `Refusal` if the condition
    isn't met, and changes nothing."""

    name: str
    check: Callable[[Transaction, Any], None]


class MethodHandler:
    """A handler or an after-step that is a method of an object built from the store's current settings."""

    def __init__(
        self, settings: Callable[[Transaction], Any], make: Callable[[Any], Any], method: Callable[..., Any]
    ) -> None:
        self._settings = settings
        self._make = make
        self._method = method
        self._made: tuple[Any, Any] = (None, None)
        update_wrapper(self, method)  # copies the return type, too

    def __call__(self, tx: Transaction, *asked: Any) -> Any:
        settings, made = self._settings(tx), self._made
        if made[0] is not settings:
            self._made = made = (settings, self._make(settings))
        return self._method(made[1], tx, *asked)


class OnlyWhere(msgspec.Struct, frozen=True):
    """A `Before` or `After` that most shops don't need: it runs only if a memo says that it applies."""

    used: Memo[Any]
    do: Callable[..., Any]


Ring = tuple[Memo[Any] | None, Callable[..., Any]]
"""A hook before or after a command, and the memo that decides whether it runs."""


def unpack_hooks(declared: Callable[..., Any] | OnlyWhere) -> Ring:
    """Unpack a capability's declaration in `before` or `after`."""
    return (declared.used, declared.do) if isinstance(declared, OnlyWhere) else (None, declared)


class CommandPath(msgspec.Struct, frozen=True):
    """Every step of a command, in order; resolved once at start."""

    before: tuple[Ring, ...]
    checks: tuple[Callable[[Transaction, Any], None], ...]
    handler: Handler
    after: tuple[Ring, ...]

    def run(self, tx: Transaction, command: Command) -> Any:
        """Execute the command and return its result. Raises `Refusal`."""
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
