"""A till as programs drive it, by commands, queries and papers over HTTP, in a shop of the counter's rules."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import msgspec

from edge.foundation.printing.document import Document
from edge.foundation.printing.layout import plain_text
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product
from tests.shop_fixture import CONFIG, MILK
from tests.stranger import Stranger

PEN, CRATE, GIFT, CASE, BOOK, LAMP = (
    *("4006381333948", "4006381333955", "4006381333962", "4006381333979"),
    *("4006381333986", "4006381333993"),
)
GOODS = (
    Product("pen", {"en": "Pen"}, (PEN,), 1_000),
    Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", packs=(Pack(CASE, 12, 1_200),)),
    Product("crate", {"en": "Water"}, (CRATE,), 100, deposit_minor=25),
    Product("set", {"en": "Gift set"}, (GIFT,), 900, parts=(BundlePart("milk", 2_000),)),
    Product("book", {"en": "Book"}, (BOOK,), 1_500, category="books"),
    Product("lamp", {"en": "Lamp"}, (LAMP,), 1_000, cost_minor=800),
)
TEXT = (
    CONFIG.replace('currency = "EUR"', 'currency = "EUR"\ncash_step_minor = 5')
    + '[till]\nrefunds_without_receipt = true\nundiscounted = ["books"]\nopen_amount_most = 50\n'
)
COMMANDS = (SetCategories((Category("books", {"en": "Books"}),)), SetProducts(GOODS))
codes = itertools.count(1)


@dataclass
class Till:
    """A register of the shop, asked as its page or a program asks; it stands at a Z."""

    shop: Stranger
    register: str = "1"

    def do(self, name: str, /, **fields: Any) -> Any:
        """With a confirmation to what it asks back."""
        answers: list[str] = []
        while True:
            said = {**fields, "answers": answers} if answers else fields
            answer = self.shop.ask("POST", f"commands/{name}", said, Register=self.register)
            question = answer.json.get("answer", "")
            if not question:
                assert answer.status == 200, (name, said, answer.status, answer.text)
                return answer.json["done"]
            answers.append(question)

    def basket(self, name: str, /, **fields: Any) -> Any:
        """The basket behind it."""
        return self.do(name, **fields)["result"]

    def event(self, type: str, name: str, /, **fields: Any) -> Any:
        return next(one for one in self.do(name, **fields)["events"] if one["type"] == type)

    def refused(self, code: str, name: str, /, **fields: Any) -> Any:
        """The values of the refusal."""
        answer = self.shop.ask("POST", f"commands/{name}", fields, Register=self.register)
        assert (answer.status, answer.code) == (422, code), (name, fields, answer.text)
        assert answer.json["refused"]["message"], "in words"
        return answer.json["refused"]["values"]

    def ask(self, query: str, /, **arguments: Any) -> Any:
        words = "&".join(f"{name}={value}" for name, value in arguments.items())
        return self.shop.get(f"queries/{query}?{words}", Register=self.register)["result"]

    def add(self, code: str, pieces: float = 1) -> Any:
        return self.basket("AddLine", code=code, quantity=round(pieces * 1_000))

    def pay(self, kind: str = "cash", minor: int | None = None, reference: str = "") -> Any:
        return self.event("SaleCompleted", "Pay", kind=kind, amount_minor=minor, reference=reference)

    def sold(self, code: str, pieces: float = 1, kind: str = "cash") -> Any:
        self.add(code, pieces)
        return self.pay(kind)

    def paper(self, kind: str = "receipt") -> str:
        """The text of the newest paper of a kind."""
        document = self.ask("last_print_job", kind=kind)["document"]
        return plain_text(msgspec.convert(document, Document))

    def x(self) -> Any:
        """What the register came to since its last Z, by its X."""
        return self.event("ReportPrinted", "PrintReport", kind="x")

    def z(self) -> Any:
        return self.event("ReportPrinted", "PrintReport", kind="z")

    def card(self, minor: int = 1_000) -> str:
        """A gift card that was sold."""
        code = f"GIFT-0000-{next(codes):04}"
        self.basket("AddLoad", code=code, amount_minor=minor)
        self.pay()
        return code

    def held(self, code: str) -> int:
        return int(self.ask("gift_card", code=code)["balance_minor"])


def money(tenders: Any) -> list[tuple[str, int]]:
    return [(one["kind"], one["amount_minor"]) for one in tenders]


def fresh_till(shop: Stranger) -> Till:
    """With nothing on its counter, behind a Z."""
    made = Till(shop)
    made.do("AbandonBasket")
    made.z()
    return made
