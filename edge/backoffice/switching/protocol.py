"""Protocol of the process that reads other systems' files: one JSON per line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.analytics.forecast.events import PastTotal
from edge.analytics.forecast.history.day_forms import DayForm
from edge.backoffice.switching.moved import FileKind, MovedCard, MovedCustomer, MovedUser
from edge.goods.stock.location import MAIN

Mode = Literal["look", "look_inside", "look_at_sheets", "rows"]
READER = "edge.backoffice.switching.file_reader"


LEAVE = "leave"
"""The answer that means not to import something."""
ASK_PLACE, ASK_ROLE = "place:", "role:"
"""Beginnings of questions, which a place or a role of the file follows: which location or role of the shop it is."""


class ShopChoices(msgspec.Struct, frozen=True):
    """The shop's stock locations and roles, which answers may name."""

    locations: tuple[str, ...] = (MAIN,)
    roles: tuple[str, ...] = ("cashier", "manager")

    def allow(self, answers: Mapping[str, str]) -> bool:
        """Whether answers name only these, or `LEAVE`."""
        return all(
            {*answers_to(answers, ask).values()} <= {*known, LEAVE}
            for ask, known in ((ASK_PLACE, self.locations), (ASK_ROLE, self.roles))
        )


BUILT_IN = ShopChoices()
"""The choices of a shop that added none."""


def answers_to(answers: Mapping[str, str], ask: str) -> dict[str, str]:
    """The answers to the questions that begin with `ask`, by their subject."""
    return {id.removeprefix(ask): choice for id, choice in answers.items() if id.startswith(ask)}


class FileQuestion(msgspec.Struct, frozen=True):
    """A file to read, with the store's defaults. `kind`: "" to detect; `answers`: by question id; `today`: used to
    recognise expired items; `choices`: the shop's."""

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
    choices: ShopChoices = BUILT_IN

    @property
    def form(self) -> DayForm:
        said = self.answers.get("form", "")
        return "day_first" if said == "day_first" else "month_first" if said == "month_first" else ""


class LeftOutRows(msgspec.Struct, frozen=True):
    """Rows or cells left out for a reason (text key `left_KEY` of section `switching`). `minor`: their sum; `values`:
    the text's values, from the first row."""

    why: str
    rows: int
    minor: int = 0
    values: dict[str, str | int] = {}


class MoneySum(msgspec.Struct, frozen=True):
    """A money column's sums: in the file, imported, and left out, to the cent."""

    heading: str
    file_minor: int
    taken_minor: int
    left_minor: int

    @property
    def difference_minor(self) -> int:
        return self.file_minor - self.taken_minor - self.left_minor


class PlaceSum(msgspec.Struct, frozen=True):
    """The stock of a place of the file, in thousandths: in the file, imported to `location` ("": none), and left out.
    `place`: "" if the file has no places."""

    place: str
    location: str
    file: int
    taken: int
    left: int


class MoveQuestion(msgspec.Struct, frozen=True):
    """A question to the user before the import.

    `id` (text `ask_ID`, without the part after a colon); the number of `rows` or the `heading` concerned; and the
    `choices` (`choice_CHOICE`, or a heading).
    """

    id: str
    choices: tuple[str, ...]
    rows: int = 0
    heading: str = ""


class ProposedUser(msgspec.Struct, frozen=True):
    """A user of the other system: their role there (`said`), and here ("": not chosen)."""

    name: str
    said: str
    role: str
    email: str = ""
    phone: str = ""


class FileLook(msgspec.Struct, frozen=True):
    """A summary of a file.

    `kind`, `system` and format (`what`); `lines`: its line count; `counts` of its contents (`count_KEY`); `columns`:
    headings by field; `unused`: other headings; `staff`: users. `complete_percent`: the share of a
    catalogue's rows whose name, number, price, tax and unit are understood. `rules`: how rows were combined into
    products (`rule_KEY`). `stock`: the sums of stock by place. `taxes`: the number of products by the shop's tax class,
    if the file has taxes.
    """

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
    complete_percent: int | None = None
    rules: tuple[str, ...] = ()
    stock: tuple[PlaceSum, ...] = ()
    taxes: dict[str, int] = {}


class SoldDay(msgspec.Struct, frozen=True, array_like=True):
    """An item's sales on a day, named as in the file: quantities in thousandths, `minor` the revenue."""

    day: str
    sku: str
    code: str
    item: str
    variant: str
    sold: int
    returned: int
    minor: int


class SoldReceipt(msgspec.Struct, frozen=True, array_like=True):
    """A receipt of a file, with its items (`SoldDay`; below zero: returned). `minor`: the sum of all its items, even of
    those left out because there are too many."""

    number: str
    day: str
    minor: int
    rows: tuple[SoldDay, ...]


class StockOf(msgspec.Struct, frozen=True, array_like=True):
    """An item's stock at one of the shop's locations in thousandths, with its `line` in the file and its names as in
    the file."""

    line: int
    sku: str
    code: str
    item: str
    variant: str
    thousandths: int
    location: str = MAIN


class MovedModifier(msgspec.Struct, frozen=True, array_like=True):
    """An option of a set of modifiers, with its price in minor units. `preset`: chosen unless the customer says no."""

    name: str
    price_minor: int
    preset: bool = False


class MovedModifiers(msgspec.Struct, frozen=True, array_like=True):
    """A set of modifiers: at least `least` and at most `most` options. `products`: those that have it, named as in the
    file. Without options, the file only says which products have the set."""

    name: str
    options: tuple[MovedModifier, ...]
    least: int
    most: int
    products: tuple[StockOf, ...]


class SalesCustomer(msgspec.Struct, frozen=True, array_like=True):
    """A sale's customer, by identifying data, with their newest purchases (without revenue)."""

    email: str
    phone: str
    code: str
    bought: tuple[SoldDay, ...]


class LookAnswer(msgspec.Struct, frozen=True, tag="look"):
    """The answer to "look"."""

    look: FileLook


class CustomerRows(msgspec.Struct, frozen=True, tag="customers"):
    """Some customers of a file."""

    rows: tuple[MovedCustomer, ...]


class CardRows(msgspec.Struct, frozen=True, tag="cards"):
    """Some gift cards of a file. Their codes stay in the reader process."""

    rows: tuple[MovedCard, ...]


class StockRows(msgspec.Struct, frozen=True, tag="stock"):
    """Some items of a file with their stock."""

    rows: tuple[StockOf, ...]


class SoldRows(msgspec.Struct, frozen=True, tag="sold"):
    """Some days of sales, by day."""

    rows: tuple[SoldDay, ...]


class ReceiptRows(msgspec.Struct, frozen=True, tag="receipts"):
    """Some receipts, by day, after all days of sales."""

    rows: tuple[SoldReceipt, ...]


class TotalRows(msgspec.Struct, frozen=True, tag="totals"):
    """Some daily totals, by day."""

    rows: tuple[PastTotal, ...]


class CategoryRows(msgspec.Struct, frozen=True, tag="categories"):
    """Some categories of a file, each as its path from the top."""

    rows: tuple[tuple[str, ...], ...]


class ModifierRows(msgspec.Struct, frozen=True, tag="modifiers"):
    """Some sets of modifiers of a file."""

    rows: tuple[MovedModifiers, ...]


class StaffRows(msgspec.Struct, frozen=True, tag="staff"):
    """Some users of a file, with the roles that the user chose."""

    rows: tuple[MovedUser, ...]


class BuyerRows(msgspec.Struct, frozen=True, tag="buyers"):
    """Some customers of sales, after all receipts."""

    rows: tuple[SalesCustomer, ...]


class ArchivePart(msgspec.Struct, frozen=True, tag="member"):
    """A piece of a file in an archive, as base64. `name` is set in the first piece and "" in further ones."""

    name: str
    data: str


class UnreadFile(msgspec.Struct, frozen=True, tag="not_read"):
    """The file can't be read (see `EdgeError`)."""

    what: str
    key: str
    values: dict[str, str | int]


ReaderAnswer = (
    LookAnswer
    | CategoryRows
    | CustomerRows
    | CardRows
    | ModifierRows
    | StockRows
    | SoldRows
    | ReceiptRows
    | TotalRows
    | BuyerRows
    | StaffRows
    | ArchivePart
    | UnreadFile
)
