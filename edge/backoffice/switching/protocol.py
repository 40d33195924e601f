"""What the process that reads files of other systems is asked, and what it answers, a line of JSON each."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.analytics.forecast.day_forms import DayForm
from edge.backoffice.switching.moved import FileKind, MovedCard, MovedCustomer

Mode = Literal["look", "rows", "unpack"]
READER = "edge.backoffice.switching.file_reader"


class FileQuestion(msgspec.Struct, frozen=True):
    """Which file, and what a store means where the file does not say so. `kind`: "" where its columns are to tell;
    `answers` to what was asked before, by the question's id; `today`: what is over by then is; `summed`: headings of
    columns of money to add up."""

    path: str
    mode: Mode
    currency: str
    zone: str
    language: str
    region: str
    country: str
    today: str
    member_prefix: str = ""
    least_age: int = 0
    kind: FileKind | Literal[""] = ""
    answers: dict[str, str] = {}
    summed: tuple[str, ...] = ()

    @property
    def form(self) -> DayForm:
        said = self.answers.get("form", "")
        return "day_first" if said == "day_first" else "month_first" if said == "month_first" else ""


class LeftOutRows(msgspec.Struct, frozen=True):
    """So many rows are left out, or so many cells, and why (a key of words, section `switching`, `left_KEY`); `minor`:
    the money in them; `values`: for the gaps of the sentence, as the first row has them."""

    why: str
    rows: int
    minor: int = 0
    values: dict[str, str | int] = {}


class MoneySum(msgspec.Struct, frozen=True):
    """A column of money: what the file has in it, and what of that is taken and left out, to the cent."""

    heading: str
    file_minor: int
    taken_minor: int
    left_minor: int

    @property
    def difference_minor(self) -> int:
        return self.file_minor - self.taken_minor - self.left_minor


class MoveQuestion(msgspec.Struct, frozen=True):
    """What is to be decided before a file is taken: `id` (its sentence is `ask_ID`, without what stands behind a
    colon), of how many `rows` or of which `heading`, and the `choices` (`choice_CHOICE`, or a heading)."""

    id: str
    choices: tuple[str, ...]
    rows: int = 0
    heading: str = ""


class ProposedUser(msgspec.Struct, frozen=True):
    """Somebody of the other system's staff: what their role is called there (`said`), and which it would be here."""

    name: str
    said: str
    role: Literal["cashier", "manager"]
    email: str = ""
    phone: str = ""


class FileLook(msgspec.Struct, frozen=True):
    """How a file is understood: its `kind`, which `system` writes such columns, `what` it is; how many `lines` it has,
    and `counts` of what is in them (`count_KEY`); `columns`: the heading by field; `unused`: headings that nothing
    takes; `staff`: who could be added as a user, by hand."""

    kind: FileKind
    system: str
    what: str
    header: tuple[str, ...]
    lines: int
    counts: dict[str, int] = {}
    columns: dict[str, str] = {}
    unused: tuple[str, ...] = ()
    sums: tuple[MoneySum, ...] = ()
    left: tuple[LeftOutRows, ...] = ()
    questions: tuple[MoveQuestion, ...] = ()
    first: str = ""
    last: str = ""
    staff: tuple[ProposedUser, ...] = ()


class SoldDay(msgspec.Struct, frozen=True, array_like=True):
    """What was sold of something on a day, as a file calls it: quantities in thousandths, `minor` what was taken."""

    day: str
    sku: str
    code: str
    item: str
    variant: str
    sold: int
    returned: int
    minor: int


class LookAnswer(msgspec.Struct, frozen=True, tag="look"):
    """The answer to "look"."""

    look: FileLook


class CustomerRows(msgspec.Struct, frozen=True, tag="customers"):
    """Some customers of a file."""

    rows: tuple[MovedCustomer, ...]


class CardRows(msgspec.Struct, frozen=True, tag="cards"):
    """Some gift cards of a file; their codes stay in the process that reads them."""

    rows: tuple[MovedCard, ...]


class SoldRows(msgspec.Struct, frozen=True, tag="sold"):
    """Some days of sales, by day."""

    rows: tuple[SoldDay, ...]


class ArchivePart(msgspec.Struct, frozen=True, tag="member"):
    """A part of a file in an archive, as base64; `name` is where it begins, "" where it goes on."""

    name: str
    data: str


class UnreadFile(msgspec.Struct, frozen=True, tag="not_read"):
    """The file cannot be read (see `EdgeError`)."""

    what: str
    key: str
    values: dict[str, str | int]


ReaderAnswer = LookAnswer | CustomerRows | CardRows | SoldRows | ArchivePart | UnreadFile
