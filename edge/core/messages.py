"""Commands, events, outcomes and actors, and `Refusal`, which rules and handlers raise. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, NewType, TypeVar

import msgspec

from edge.core.clock import Trust

Surface = Literal["cashier", "kiosk", "voice", "chat", "panel", "hub", "job", "system"]
Right = str
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A row number or a count: a non-negative INTEGER of SQLite."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000_000_000)]
"""UTC microseconds before the year 3000, which a calendar can represent."""
IsoDate = Annotated[
    str,
    msgspec.Meta(pattern=r"^[12]\d{3}-\d{2}-\d{2}$(?!\n)", extra={"date": True}, extra_json_schema={"format": "date"}),
]
"""An ISO 8601 date. The pattern checks only the form; callers check that the date exists."""
PersonId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
"""Identifies a person without describing them; never reused."""
Ciphertext = NewType("Ciphertext", str)
"""Text encrypted by `edge.core.people.sealing`; empty for an empty text."""
Sealed = Annotated[Ciphertext, msgspec.Meta(pattern=r"^(1\.[A-Za-z0-9_-]+)?$(?!\n)", extra={"sealed": True})]
"""The type of an event's personal field, which prevents storing plain text by mistake."""
Remark = Annotated[str, msgspec.Meta(extra={"sealed": True, "remark": True})]
"""The type of free text. The journal stores it as ciphertext (`edge.core.people.remarks`)."""
E = TypeVar("E", bound="Event")


REMARK = {"remark": True}
"""Marks free text typed by staff, which may name anyone (msgspec's `extra`)."""


class Command(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A request to the shop. Its class name is its name in the API and the audit log.

    `personal`: plain-text fields about a person, besides those of type `REMARK`. They are left out of the hash by which
    the journal recognises the command (`personal_of`): otherwise a phone number could be guessed from it for ever.
    """

    personal: ClassVar[tuple[str, ...]] = ()


@cache
def personal_of(command: type[Command]) -> frozenset[str]:
    """Fields of a command that contain personal data."""
    info = msgspec.inspect.type_info(command)
    assert isinstance(info, msgspec.inspect.StructType)
    remarks = (one.name for one in info.fields if getattr(one.type, "extra", None) == REMARK)
    return frozenset((*command.personal, *remarks))


ANSWERS_LIMIT = 1_000
"""Most questions that one command can answer. Each line of a long delivery may raise two."""
Answers = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,60}:[a-p]{16}$(?!\n)")], ...],
    msgspec.Meta(max_length=ANSWERS_LIMIT),
]


class AskingCommand(Command, frozen=True, kw_only=True):
    """A command that asks for confirmation: its refusals then have an `answer`.

    `answers`: those of the refusals that the user has confirmed. Each confirms that question with those values;
    anything else is asked again.
    """

    answers: Answers = ()


class Event(msgspec.Struct, frozen=True, gc=False):
    """Something that happened. Stored as JSON under the class's name and `version`, never rewritten.

    A changed event gets the next `version` and an `Upcaster`, unless it only gained fields with defaults
    (`tests/golden` keeps every version). `personal` names fields about a person, each `Sealed` under the key of the
    person in the field `person_in`. `remarks` names free text typed by staff, each a `Remark`, which the journal seals
    under the key of the person in `remarks_on`, otherwise under that of the day. `own_words` are the software's own
    texts in such a field, which remain readable.
    """

    version: ClassVar[int] = 1
    personal: ClassVar[tuple[str, ...]] = ()
    person_in: ClassVar[str] = ""
    remarks: ClassVar[tuple[str, ...]] = ()
    remarks_on: ClassVar[str] = ""
    own_words: ClassVar[frozenset[str]] = frozenset()


class Actor(msgspec.Struct, frozen=True):
    """The user or program behind a request: surface, register and rights.

    `asker` is the signed-in user when someone else (`name`) approves the action. `limits` are the maximum amounts of
    rights, in minor units. `anonymous`: not signed in; `network` is then the origin, if known. `program`: no person is
    present, whatever the surface.
    """

    name: str
    surface: Surface
    register: str
    rights: frozenset[Right]
    asker: str = ""
    limits: tuple[tuple[Right, int], ...] = ()
    anonymous: bool = False
    network: str = ""
    program: bool = False

    def may(self, right: Right) -> bool:
        return right in self.rights

    def with_rights(self, *rights: Right) -> Actor:
        """Return the actor with additional rights, as granted by a PIN entered for one command."""
        return msgspec.structs.replace(self, rights=self.rights | set(rights))

    def most_minor(self, right: Right) -> int | None:
        """Largest amount that a right allows; None means unlimited."""
        return dict(self.limits).get(right)


class Done(msgspec.Struct, frozen=True):
    """The command succeeded and is durable; `events` are in the journal from `epoch, first_seq`.

    A repeated command id returns the same events and `repeated=True`. `result` describes the resulting state and isn't
    repeated.
    """

    command_id: bytes
    events: tuple[Event, ...] = ()
    epoch: int = 0
    first_seq: int = 0
    result: Any = None
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True):
    """The command was refused. `code` names a sentence in `edge/lib/i18n`, `values` fill its placeholders. `answer`:
    the token that confirms the question when sent in `answers`; empty if confirming doesn't help."""

    code: str
    values: dict[str, str | int] = {}
    answer: str = ""


class Refusal(Exception):
    """Raised by rules and handlers to refuse a command. The command bus rolls it back and returns `refused`; callers
    never see an exception."""

    def __init__(self, code: str, values: Mapping[str, str | int] | None = None, answer: str = "") -> None:
        super().__init__(code, values)
        self.refused = Refused(code, dict(values or {}), answer)

    @classmethod
    def of(cls, refused: Refused) -> Refusal:
        """Recreate the exception from a stored or remote outcome."""
        return cls(refused.code, refused.values, refused.answer)

    @property
    def code(self) -> str:
        return self.refused.code

    def beside(self, **values: str | int) -> Refusal:
        """Return a copy with additional values, such as its line; its confirmation stays valid."""
        return Refusal(self.code, {**self.refused.values, **values}, self.refused.answer)


class OutcomeUnknown(msgspec.Struct, frozen=True):
    """A commit failed midway. Look the command up by id, or send it again with the same id."""

    command_id: bytes
    why: str


Outcome = Done | Refused | OutcomeUnknown


class RecordedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event with its place and time in the journal, as projectors read it. `clock`: whether `at_us` is trusted."""

    epoch: int
    seq: int
    command_id: bytes
    register: str
    actor: str
    surface: str
    business_date: str
    at_us: int
    event: Event
    clock: Trust = "ok"
