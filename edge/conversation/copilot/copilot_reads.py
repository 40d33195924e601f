"""Reads of the copilot, as questions for the reader process."""

from __future__ import annotations

from typing import NamedTuple

from edge.accounting.accounts.queries import account_names
from edge.conversation.copilot.copilot_asking import Asking, ToolAnswer
from edge.conversation.copilot.copilot_tools import TOOLS
from edge.conversation.copilot.meaning.answerable import cannot_tell, lacks_product
from edge.conversation.copilot.meaning.model import Meaning, UnderstoodQuestion
from edge.conversation.copilot.meaning.names import ShopNames, names_of_shop
from edge.conversation.copilot.meaning.reader import AskedWhere, read_questions
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.conversation.copilot.meaning.times import Week
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.sentence import Kind, understand
from edge.core.messages import Actor
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.foundation.access.queries import read_users
from edge.goods.catalog.categories.queries import read_brands, read_categories
from edge.goods.promotions.queries import read_promotions
from edge.goods.search.queries import Search
from edge.lib.i18n import translate
from edge.lib.regions.countries import country_of


class ReadQuery(NamedTuple):
    """The questions in a sentence, and the sentence's kind according to its grammar alone."""

    questions: list[UnderstoodQuestion]
    kind: Kind


class UnderstandQuery(ReadQuestion[ReadQuery], frozen=True, tag=True):
    """Read the questions in a sentence. `before`: the previous question."""

    actor: Actor
    currency: str
    today: str
    at_us: int
    zone: str
    query: str
    language: str
    before: Meaning | None

    def read(self, db: Connection, registry: Registry) -> ReadQuery:
        here = AskedWhere(self.today, Week.of(country_of(self.zone)))
        linker = CatalogueLinker(db, Search(self.currency), self.language)
        names = self._names(db, registry)
        questions = read_questions(self.query, self.language, names, linker, here, self.before)
        return ReadQuery(questions, understand(self.query, self.language).kind)

    def _names(self, db: Connection, registry: Registry) -> ShopNames:
        """Names of this shop that may occur in a question."""
        queries = registry.queries
        named = [("category", one.id, one.names) for one in read_categories(db)]
        named += [("place", one.id, one.names) for one in queries["stock_locations"].read(db) if one.is_active]
        if "suppliers" in queries:
            named += [("supplier", one.id, one.names) for one in queries["suppliers"].read(db)]
        accounts = queries.get("accounts")
        if accounts and accounts.allows(self.actor):
            named += [("customer", id, {"": name}) for id, name in account_names(db)]
        named += [("promotion", one.promotion.id, one.promotion.names) for one in read_promotions(db, self.at_us)]
        people = {one.id: one.name for one in read_users(db) if one.name}
        return names_of_shop(named, people, read_brands(db))


class AskTool(ReadQuestion[ToolAnswer], frozen=True, tag=True):
    """Query a tool. The asker's right to it was checked before."""

    tool: str
    ask: Asking

    def read(self, db: Connection, registry: Registry) -> ToolAnswer:
        tool = next(one for one in TOOLS if one.name == self.tool)
        return tool.read(db, registry.queries[tool.query], self.ask)


class TellMeaning(ReadQuestion[list[str]], frozen=True, tag=True):
    """Word the question as understood and the `lines` of a `tool` (None: it failed); without a tool, the reason."""

    currency: str
    asked: UnderstoodQuestion
    tool: str = ""
    lines: tuple[str, ...] | None = None

    def read(self, db: Connection, registry: Registry) -> list[str]:
        asked, language = self.asked, self.asked.language
        meaning = asked.meaning

        def say(key: str, **values: object) -> str:
            return translate(language, f"copilot.{key}", **values)

        teller = MeaningTeller(db, language, self.currency)
        if self.tool:
            return [teller.first_line(meaning), *(self.lines or (say("tool_failed", tool=teller.measure(meaning)),))]
        if open_lines := teller.missing_parts(asked):
            return [*([teller.first_line(meaning)] if asked.ahead else []), *open_lines]
        if why := cannot_tell(meaning):
            return [teller.first_line(meaning), teller.cannot(meaning, why), teller.examples(meaning)]
        if lacks_product(meaning):
            return [say("which")]
        return [say("not_allowed")]
