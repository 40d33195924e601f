"""Command, Event, Done, Refused, Actor: what is asked of the shop and what it answers; Refusal, by which rules and
handlers say no. Pure: no I/O, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Literal, NewType, TypeVar

import msgspec

from edge.core.clock import Trust

Surface = Literal["cashier", "kiosk", "voice", "chat", "panel", "hub", "job", "system"]
Right = str
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""What names a row or counts rows: what an INTEGER of SQLite holds, and not less than 0."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=32_503_680_000_000_000)]
"""UTC microseconds that a calendar knows: before the year 3000."""
IsoDate = Annotated[
    str,
    msgspec.Meta(pattern=r"^[12]\d{3}-\d{2}-\d{2}$(?!\n)", extra={"date": True}, extra_json_schema={"format": "date"}),
]
"""A day as ISO 8601 writes it; whoever takes one in looks whether the calendar has it."""
PersonId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
"""Who is spoken of: says nothing of them, and is never given to somebody else."""
Ciphertext = NewType("Ciphertext", str)
"""What `edge.core.people.sealing` makes of a text; empty for an empty one."""
Sealed = Annotated[Ciphertext, msgspec.Meta(pattern=r"^(1\.[A-Za-z0-9_-]+)?$(?!\n)", extra={"sealed": True})]
"""The type of an event's personal field: nobody can put a plain text there by mistake."""
Remark = Annotated[str, msgspec.Meta(extra={"sealed": True, "remark": True})]
"""The type of what somebody typed in their own words: in the journal ciphertext (`edge.core.people.remarks`)."""
E = TypeVar("E", bound="Event")


REMARK = {"remark": True}
"""`extra` of the type of a text that staff type in their own words, and that may name anybody."""


class Command(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What can be asked of the shop. Its name in the API and in the audit is the class's name.

    `personal`: fields in plain text that say something of a person, beside those whose type is a `REMARK`. They are
    left out of the hash by which the journal knows the command again (`personal_of`): a phone number could be guessed
    from it for ever.
    """

    personal: ClassVar[tuple[str, ...]] = ()


@cache
def personal_of(command: type[Command]) -> frozenset[str]:
    """The fields of a command that say something of a person."""
    info = msgspec.inspect.type_info(command)
    assert isinstance(info, msgspec.inspect.StructType)
    remarks = (one.name for one in info.fields if getattr(one.type, "extra", None) == REMARK)
    return frozenset((*command.personal, *remarks))


ANSWERS_LIMIT = 1_000
"""Questions that one command answers: each line of a long delivery may be asked about twice."""
Answers = Annotated[
    tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,60}:[a-p]{16}$(?!\n)")], ...],
    msgspec.Meta(max_length=ANSWERS_LIMIT),
]


class AskingCommand(Command, frozen=True, kw_only=True):
    """A command that asks back what may not be meant: its refusals then have an `answer`.

    `answers`: those of the refusals that whoever sends it again was shown, and says yes to. A yes is for that question
    with those values; what was not asked, or would be asked otherwise by now, is asked.
    """

    answers: Answers = ()


class Event(msgspec.Struct, frozen=True, gc=False):
    """What has happened. Stored as JSON under the class's name and `version`, never rewritten.

    A changed event gets the next `version`, and an `Upcaster` from the one before unless it only gained fields with a
    default (`tests/golden` keeps every version). `personal` names the fields that say
    something of a person: each is `Sealed` under the key of the one whose id is in the field `person_in`. `remarks`
    names what staff typed, each a `Remark`, which the journal seals as it comes in: under the key of the one whose id
    is in the field `remarks_on`, else under that of the day; `own_words` are the software's in such a field, which are
    data and stay as they are.
    """

    version: ClassVar[int] = 1
    personal: ClassVar[tuple[str, ...]] = ()
    person_in: ClassVar[str] = ""
    remarks: ClassVar[tuple[str, ...]] = ()
    remarks_on: ClassVar[str] = ""
    own_words: ClassVar[frozenset[str]] = frozenset()


class Actor(msgspec.Struct, frozen=True):
    """Who asks, from which surface, at which register, and what they may do.

    `asker` is who stands there where somebody else approves it, and then `name` is who does; `limits` are the most
    that a right allows, in minor units, where it has one. `anonymous`: nobody showed who they are; `network` is then
    where they ask from, as far as that is known. `program`: nobody stands there, whatever surface it names.
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
        """The same actor, allowed more: what a PIN entered for one command gives."""
        return msgspec.structs.replace(self, rights=self.rights | set(rights))

    def most_minor(self, right: Right) -> int | None:
        """The largest amount that a right allows this actor; None: any."""
        return dict(self.limits).get(right)


class Done(msgspec.Struct, frozen=True):
    """It happened and is durable: `events` as they stand in the journal from `epoch, first_seq` on.

    A repeat of the same command id gives the same events and `repeated=True`; `result`
    is what the handler shows of the state it left, and is not repeated.
    """

    command_id: bytes
    events: tuple[Event, ...] = ()
    epoch: int = 0
    first_seq: int = 0
    result: Any = None
    repeated: bool = False


class Refused(msgspec.Struct, frozen=True):
    """It did not happen. `code` names a sentence in `edge/lib/i18n`, `values` fill its gaps. `answer`: it is a
    question, and the same command with this among its `answers` says yes to it; empty: no yes helps."""

    code: str
    values: dict[str, str | int] = {}
    answer: str = ""


class Refusal(Exception):
    """It shall not happen: what a rule or a handler raises. The door undoes what was done of the command, and answers
    with `refused`; nobody outside of it sees an error."""

    def __init__(self, code: str, values: Mapping[str, str | int] | None = None, answer: str = "") -> None:
        super().__init__(code, values)
        self.refused = Refused(code, dict(values or {}), answer)

    @classmethod
    def of(cls, refused: Refused) -> Refusal:
        """What is raised for an answer that was kept, or came back from elsewhere."""
        return cls(refused.code, refused.values, refused.answer)

    @property
    def code(self) -> str:
        return self.refused.code

    def beside(self, **values: str | int) -> Refusal:
        """The same with more values, such as the line that it is of; a yes to it stays the same."""
        return Refusal(self.code, {**self.refused.values, **values}, self.refused.answer)


class OutcomeUnknown(msgspec.Struct, frozen=True):
    """A commit failed half-way: look the command up by its id, or send it again under the same id."""

    command_id: bytes
    why: str


Outcome = Done | Refused | OutcomeUnknown


class RecordedEvent(msgspec.Struct, frozen=True, gc=False):
    """An event with where and when it stands in the journal: what projectors read. `clock`: whether `at_us` is to be
    believed."""

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
