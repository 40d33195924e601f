"""Summary of a product file: contents, prices, and rows that can't be imported."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from typing import get_args

import msgspec

from edge.backoffice.switching.columns import minor_of
from edge.backoffice.switching.kinds import system_of
from edge.backoffice.switching.modifier_file import sets_in
from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.protocol import (
    ASK_PLACE,
    BUILT_IN,
    LEAVE,
    FileLook,
    LeftOutRows,
    MoneySum,
    MoveQuestion,
    ShopChoices,
    answers_to,
)
from edge.backoffice.switching.reader_client import look_at
from edge.backoffice.switching.settings import SwitchingSettings
from edge.core.registry import JobIssue
from edge.goods.catalog.product import Product
from edge.goods.ingest.ipc import Began, CountFrame, Entries, EntryFrame, Frame, ReadRequest
from edge.goods.ingest.mapping.headers import columns_of_places, is_with_tax, is_without_tax, list_named
from edge.goods.ingest.mapping.mapping import PriceChange, mapping_of
from edge.goods.ingest.mapping.row_converter import ImportSettings, ParsedRow
from edge.goods.ingest.reader_client import FileReader
from edge.lib.errors import EdgeError
from edge.lib.units.amounts import amount_of, mark_of
from edge.lib.units.money import exponent
from edge.lib.units.quantity import Unit

MONEY_CHOICES = ("price", "cost", "list", "leave")
DECIMALS = ("point", "comma")
APART = ("variants", "leave")
UNIT_CHOICES = (*get_args(Unit), "default")
TAXES_ASKED, UNITS_ASKED = 8, 12
"""Maximum tax names and unit names to ask the user about. A column with more of them has another meaning than
detected."""
_TAX_FIELDS = ("tax_class", "tax_rate")
_SAMPLE = 100


def catalogue_mapping(settings: ImportSettings, file: MovedFile, with_stock: bool = True) -> str | None:
    """The mapping of a product file with the user's answers; None for the default guess. `with_stock`: whether to
    include the stock column, if there is one."""
    answers = file.answers
    said = {column: field for column, field in _answers(answers, "money:") if field in ("price", "cost")}
    said |= {
        column: f"price.{list_named(column)}" for column, choice in _answers(answers, "money:") if choice == "list"
    }
    taxes = {
        word: "" if choice == "default" else choice for word, choice in _answers(answers, "tax:") if choice != LEAVE
    }
    units = {word: "" if choice == "default" else choice for word, choice in _answers(answers, "unit:")}
    said |= {column: "option.1.value" for column, choice in _answers(answers, "apart:") if choice == "variants"}
    without = {column for column, _ in _answers(answers, "column:")}
    changes: tuple[PriceChange, ...] = ("add_tax", "take_tax_off")
    prices: PriceChange = next((one for one in changes if answers.get("prices") == one), "")
    decimal, given = answers.get("decimal", ""), answers_to(answers, ASK_PLACE)
    place = answers.get("place") or next((one for one, location in given.items() if location != LEAVE), "")
    said |= {answers[field]: field for field in ("name", "price") if field in answers}
    if not (said or taxes or units or without or prices or place or decimal) and with_stock:
        return None
    began = _began_of(settings, file)
    said |= {column: field for field, column in columns_of_places(began.header).get(place, {}).items()}
    kept = {
        column: field for column, field in began.fields.items() if field not in said.values() and column not in without
    }
    if not with_stock:
        kept, said = ({column: field for column, field in one.items() if field != "on_hand"} for one in (kept, said))
    return mapping_of({**kept, **said}, decimal if decimal in DECIMALS else "", taxes, units, prices)


def _answers(answers: Mapping[str, str], ask: str) -> Iterator[tuple[str, str]]:
    """The user's answers to questions of a kind, by their subject."""
    return ((id.removeprefix(ask), choice) for id, choice in answers.items() if id.startswith(ask))


def products_in(settings: ImportSettings, file: MovedFile) -> Iterator[Product]:
    """The products a file would import."""
    with closing(_reader(settings, file)) as reader:
        for frame in reader.frames():
            if isinstance(frame, Entries):
                yield from (entry.said.product for entry in frame.entries if entry.said)


def source_in(settings: ImportSettings, file: MovedFile) -> str:
    """The source name under which a file's products are imported: the file's name without a date."""
    return _began_of(settings, file).source


def look_at_catalogue(settings: SwitchingSettings, file: MovedFile, choices: ShopChoices = BUILT_IN) -> FileLook:
    """A summary of a complete product file, for a shop with these choices. Raises `EdgeError` if it's
    unreadable."""
    with closing(_reader(settings.imports, file)) as reader:
        frames = reader.frames()
        try:
            began = reader.began(frames)
        except EdgeError as error:
            if error.key != "ingest.not_understood" or "price" in file.answers:
                raise
            return _look_without_columns(settings.imports, file)
        look = _Look(began, settings.imports).of(frames, file)
    if not columns_of_places(began.header):
        return look
    by_place = look_at(settings.question(msgspec.structs.replace(file, kind="stock"), "look", 0, choices))
    return msgspec.structs.replace(look, questions=(*look.questions, *by_place.questions), stock=by_place.stock)


def _look_without_columns(settings: ImportSettings, file: MovedFile) -> FileLook:
    """A summary of a product file without a recognised name or price column; it asks for the column."""
    began = _began_of(settings, file)
    is_named = "name" in file.answers or any(field.startswith("name.") for field in began.fields.values())
    question = MoveQuestion("price" if is_named else "name", tuple(_free_columns(began)))
    columns = {field: heading for heading, field in began.fields.items()}
    system = system_of(began.header)
    return FileLook("catalogue", system, began.what, began.header, 0, {}, columns, questions=(question,))


def _free_columns(began: Began) -> Iterator[str]:
    """The headings of columns that have no field."""
    return (heading for heading in began.header if heading and heading not in began.fields)


def _began_of(settings: ImportSettings, file: MovedFile) -> Began:
    """How the columns of a product file are guessed, whether or not that's enough to import it."""
    with closing(FileReader(ReadRequest(file.path, None, settings, sample=_SAMPLE, asks=True))) as reader:
        return reader.began(reader.frames())


def _reader(settings: ImportSettings, file: MovedFile) -> FileReader:
    return FileReader(ReadRequest(file.path, catalogue_mapping(settings, file), settings, asks=True))


class _Look:
    """Collects the summary while a catalogue is read."""

    def __init__(self, began: Began, settings: ImportSettings) -> None:
        self._began = began
        self._settings = settings
        self._heading = {field: heading for heading, field in reversed(began.fields.items())}
        self._asked: dict[str, Counter[str]] = {"tax": Counter(), "unit": Counter()}
        self._taxes: Counter[str] = Counter()
        self._doubtful = ""
        self._left_line: dict[str, int] = {}
        self._complete = self._rows = 0
        self._sums: dict[str, str] = {}
        self._left_sums: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._taken_minor: Counter[str] = Counter()
        self._repeated_minor: Counter[str] = Counter()
        self._rounded: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._unread: dict[str, list[str]] = {}
        self._values: dict[str, dict[str, str | int]] = {}
        self._superseded = b""
        self._lines = 0

    def of(self, frames: Iterator[Frame], file: MovedFile) -> FileLook:
        began = self._began
        for frame in frames:
            if isinstance(frame, CountFrame):
                self._lines, self._superseded = frame.rows, frame.superseded
                self._sums, self._left_sums = frame.sums, frame.left_sums
            elif isinstance(frame, Entries):
                for entry in frame.entries:
                    self._take(entry)
        fields = {field: heading for heading, field in began.fields.items()}
        if self._asks_apart(file.answers):
            self._complete = max(0, self._complete - began.apart_rows)
        asked = [heading for heading in began.unread_money if f"money:{heading}" not in file.answers]
        if is_with_tax(self._heading.get("price", "")):
            asked = [heading for heading in asked if not is_without_tax(heading)]  # the same price again
        return FileLook(
            "catalogue",
            *(system_of(began.header), began.what, began.header, self._lines),
            {name: count for name, count in self._counts.items() if count},
            fields,
            tuple(_free_columns(began)),
            sums=tuple(self._money_sums(fields)),
            left=tuple(LeftOutRows(why, rows, 0, self._values.get(why, {})) for why, rows in self._left.items()),
            questions=(
                *(MoveQuestion(f"money:{heading}", MONEY_CHOICES, heading=heading) for heading in asked),
                *self._questions(file.answers),
            ),
            complete_percent=100 * self._complete // self._rows if self._rows else None,
            rules=tuple(self._rules()),
            taxes=dict(self._taxes.most_common()) if {*_TAX_FIELDS} & self._heading.keys() else {},
        )

    def _money_sums(self, fields: Mapping[str, str]) -> Iterator[MoneySum]:
        digits = exponent(self._settings.currency)
        for field, summed in self._sums.items():
            unread = self._unread.get(fields[field], [])
            left = Decimal(self._left_sums[field]) + sum(amount_of(cell, mark_of(unread)) or 0 for cell in unread)
            left += self._rounded[field].scaleb(-digits)
            left_minor = minor_of(left, digits) + self._repeated_minor[field]
            yield MoneySum(fields[field], minor_of(Decimal(summed), digits), self._taken_minor[field], left_minor)

    def _questions(self, answers: Mapping[str, str]) -> Iterator[MoveQuestion]:
        """The open questions about variants, locations, the decimal sign, taxes, units, and whether prices
        include tax."""
        if not any(field.startswith("name.") for field in self._heading) and "name" not in answers:
            yield MoveQuestion("name", tuple(_free_columns(self._began)))
        if self._asks_apart(answers):
            yield MoveQuestion(f"apart:{self._began.apart}", APART, self._began.apart_rows, self._began.apart)
        if self._doubtful and "decimal" not in answers:
            yield MoveQuestion("decimal", DECIMALS, self._left["thousands"], self._doubtful)
        tax_column = next((self._heading[field] for field in _TAX_FIELDS if field in self._heading), "")
        for ask, column, choices, most in (
            ("tax", tax_column, (*self._settings.tax_classes, "default", LEAVE), TAXES_ASKED),
            ("unit", self._heading.get("unit", ""), UNIT_CHOICES, UNITS_ASKED),
        ):
            words = self._asked[ask]
            if len(words) > most:
                yield MoveQuestion(f"column:{column}", ("leave",), sum(words.values()), column)
                continue
            for word, rows in words.most_common():
                if answers.get(f"{ask}:{word}") != LEAVE:
                    yield MoveQuestion(f"{ask}:{word}", choices, rows, word)
        heading, inclusive = self._heading.get("price", ""), self._settings.inclusive
        said_otherwise = is_without_tax(heading) if inclusive else is_with_tax(heading)
        if said_otherwise and "prices" not in answers:
            yield MoveQuestion("prices", ("add_tax" if inclusive else "take_tax_off", "as_is"), heading=heading)

    def _asks_apart(self, answers: Mapping[str, str]) -> bool:
        """Whether to ask if a column distinguishes products with the same name."""
        return bool(self._began.apart) and answers.get(f"apart:{self._began.apart}") not in APART

    def _rules(self) -> Iterator[str]:
        """The rules by which rows became products, as text keys."""
        if self._counts["options"]:
            yield "variants"
        if any(field.startswith("price.") for field in self._heading):
            yield "price_lists"
        if sets_in(self._began.header):
            yield "modifier_sets"
        if not {"unit", "weighed"} & self._heading.keys():
            yield "no_unit"
        if not {*_TAX_FIELDS} & self._heading.keys():
            yield "no_tax"

    def _leave(self, note: JobIssue) -> None:
        if not note.line or self._left_line.get(note.reason) != note.line:  # once per row, whatever its cells
            self._left[note.reason] += 1
        self._left_line[note.reason] = note.line
        self._values.setdefault(note.reason, note.values)
        if note.reason == "thousands":
            self._doubtful = self._doubtful or note.value.strip()[:40]
        elif note.reason == "tax_class_unknown":
            self._asked["tax"][str(note.values["words"])] += 1
        elif note.reason == "not_unit":
            self._asked["unit"][note.value.strip().casefold()] += 1

    def _take(self, entry: EntryFrame) -> None:
        if entry.note is not None:
            self._leave(entry.note)
        self._rows += entry.note is not None
        if entry.said is None:
            return
        for note in entry.said.notes:
            self._leave(note)
            self._unread.setdefault(note.field, []).append(note.value)
        if self._superseded and self._superseded[entry.place // 8] >> entry.place % 8 & 1:
            self._left["repeated"] += 1
            self._repeated_minor += _money_said(entry.said)
            return
        for field, more in entry.said.rounded.items():
            if field not in entry.said.inherited:
                self._left["rounded"] += 1
                self._rounded[field] += Decimal(more)
        product, counts = entry.said.product, self._counts
        self._rows += 1
        asked = any(note.reason in ("tax_class_unknown", "not_unit") for note in entry.said.notes)
        is_numbered = not entry.said.asks and bool({"sku", "code", "other_sku"} & self._heading.keys())
        is_priced = product.price_minor is not None
        self._complete += bool(product.names) and is_numbered and is_priced and not asked
        counts["without_number"] += not is_numbered
        counts["without_price"] += not is_priced
        counts["products"] += 1
        if not asked:
            self._taxes[product.tax_class or self._settings.tax_class] += 1
        counts["variants"] += product.variant_of is not None
        counts["options"] += bool(product.axes)
        counts["recipes"] += bool(product.parts)
        counts["with_code"] += bool(product.codes)
        counts["with_stock"] += entry.said.on_hand is not None
        counts["with_cost"] += product.cost_minor is not None
        counts["with_category"] += bool(product.category)
        self._taken_minor += _money_said(entry.said)


def _money_said(row: ParsedRow) -> Counter[str]:
    """A row's own price and cost as in the file, without those inherited from the product above it."""
    product, listed = row.product, row.listed_minor
    price = product.price_minor if listed is None else listed
    money = {"price": price or 0, "cost": product.cost_minor or 0}
    said = Counter({field: minor for field, minor in money.items() if field not in row.inherited})
    said.update({f"price.{one.list}": one.listed_minor for one in row.prices})
    return said
