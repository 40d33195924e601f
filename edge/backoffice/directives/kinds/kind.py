"""What a kind of directive is: how its body reads, and what its items do to the shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from edge.core.messages import Command, Done, Refusal
from edge.core.registry import Transaction


class Applied(msgspec.Struct, frozen=True):
    """What some items did: how many changed something, and which speak of what the shop does not have."""

    changed: int = 0
    unknown: tuple[str, ...] = ()


def attempt(tx: Transaction, command: Command) -> Done | None:
    """What one item's command came to; None: it was refused, and the next ones go on."""
    try:
        return tx.do(command)
    except Refusal:
        return None


class Kind(msgspec.Struct, frozen=True):
    """`body` has one field of items; `apply(tx, number, items)` is given a few of them, within one command.

    It raises nothing that a body of the right shape can cause: what cannot be done is `unknown`, the rest goes on.
    `guarded`: who publishes it decides who may do what in a shop, so that a program needs a right for it alone.
    `personal`: bodies speak of people, and are overwritten once they are done. `sealed`: head office seals them to the
    boxes of the store, and nobody else reads them. `staged`: it goes out by a publication alone, a few stores first.
    """

    name: str
    body: type[msgspec.Struct]
    apply: Callable[[Transaction, int, tuple[Any, ...]], Applied]
    guarded: bool = False
    personal: bool = False
    sealed: bool = False
    staged: bool = False

    def fault(self, body: str | bytes) -> str | None:
        """What is wrong with a body; None: it is one of this kind."""
        try:
            msgspec.json.decode(body, type=self.body)
        except msgspec.DecodeError as error:
            return str(error)
        return None

    def items(self, body: str | bytes) -> tuple[Any, ...]:
        """The items of a body that has no fault."""
        decoded = msgspec.json.decode(body, type=self.body)
        found: tuple[Any, ...] = getattr(decoded, self._field)
        return found

    def rows(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Items that came by themselves, as structs: those that `items` has found are. Raises `ValidationError`."""
        body = msgspec.convert({self._field: items}, self.body)
        found: tuple[Any, ...] = getattr(body, self._field)
        return found

    def split(self, body: str | bytes, max_bytes: int) -> list[bytes]:
        """Bodies of at most so many bytes that say the same one after the other. `ValueError`: one item is longer."""
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
