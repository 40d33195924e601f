"""A kind of directive: the format of its body, and a function that applies its items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from edge.core.messages import Command, Done, Refusal
from edge.core.registry import Transaction


class Applied(msgspec.Struct, frozen=True):
    """The result of applying some items.

    `changed`: the number that had an effect. `unknown`: the others: items unknown to the shop, by name, and refused
    items with the reason (`h3: no_such_role`).
    """

    changed: int = 0
    unknown: tuple[str, ...] = ()


def attempt(tx: Transaction, command: Command) -> Done | None:
    """Run an item's command. Returns None if it was refused, so that the next item can continue."""
    done = run_item(tx, command)
    return None if isinstance(done, str) else done


def run_item(tx: Transaction, command: Command) -> Done | str:
    """Run an item's command. If it was refused, returns the refusal's code, for `Applied.unknown`."""
    try:
        return tx.do(command)
    except Refusal as refused:
        return refused.code


class Kind(msgspec.Struct, frozen=True):
    """A kind of directive. `body` has one field of items; `apply(tx, number, items)` gets a few of them, within one
    command.

    `apply` never raises for a well-formed body: impossible items are `unknown`, and the rest continue. `guarded`: its
    publisher controls permissions in a shop, so API clients need a separate right for it. `personal`: bodies contain
    personal data and are overwritten once applied. `sealed`: head office encrypts bodies to the store's boxes.
    `staged`: published only as a rollout, to a few stores first. `internal`: written by head office's own processes,
    from reports of stores, providers and tills; users can't publish it.
    """

    name: str
    body: type[msgspec.Struct]
    apply: Callable[[Transaction, int, tuple[Any, ...]], Applied]
    guarded: bool = False
    personal: bool = False
    sealed: bool = False
    staged: bool = False
    internal: bool = False

    def fault(self, body: str | bytes) -> str | None:
        """The error in a body; None if it's valid."""
        try:
            msgspec.json.decode(body, type=self.body)
        except msgspec.DecodeError as error:
            return str(error)
        return None

    def items(self, body: str | bytes) -> tuple[Any, ...]:
        """The items of a valid body."""
        decoded = msgspec.json.decode(body, type=self.body)
        found: tuple[Any, ...] = getattr(decoded, self._field)
        return found

    def rows(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Convert items taken out of their body back to structs. Raises `ValidationError` if they aren't from
        `items`."""
        body = msgspec.convert({self._field: items}, self.body)
        found: tuple[Any, ...] = getattr(body, self._field)
        return found

    def split_body(self, body: str | bytes, max_bytes: int) -> list[bytes]:
        """Split a body into bodies of at most `max_bytes` that have the same effect in order. Raises `ValueError` if a
        single item is longer."""
        parts: list[bytes] = []
        left, envelope = list(self.items(body)), len(self._field) + 6
        part: list[bytes] = []
        size = envelope
        for item in left:
            text = msgspec.json.encode(item)
            if size + len(text) + 1 > max_bytes:
                if not part:
                    raise ValueError(f"an entry of {self._field} has {len(text)} bytes")
                parts.append(self._wrap(part))
                part, size = [], envelope
            part.append(text)
            size += len(text) + 1
        return [*parts, self._wrap(part)]

    def _wrap(self, items: list[bytes]) -> bytes:
        return b'{"%s":[%s]}' % (self._field.encode(), b",".join(items))

    @property
    def _field(self) -> str:
        (field,) = self.body.__struct_fields__
        return field
