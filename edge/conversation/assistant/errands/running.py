"""Show an errand, ask about it, or carry it out after confirmation; record how to undo it."""

from __future__ import annotations

import msgspec

from edge.conversation.assistant.errands.doing import describe_errand, may_ask
from edge.conversation.assistant.errands.refund_shown import describe_refund, is_refund
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import say
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import Asked, yes_or_no
from edge.conversation.assistant.turns.dialogue import SAYS, AnswerOption, ClockMark, DoneErrand, WantedItem
from edge.conversation.understanding.errands.commands import named_commands
from edge.conversation.understanding.errands.model import Errand
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.alerts.commands import AcknowledgeAlert
from edge.goods.catalog.queries import CatalogProduct


class ErrandRun(msgspec.Struct, frozen=True):
    """The result of processing an errand: a question (`asked`), or a line of text with options.

    After it was carried out, `command` names the command and `done` describes the errand.
    """

    asked: Asked | None = None
    line: str = ""
    offers: tuple[AnswerOption, ...] = ()
    command: str = ""
    done: DoneErrand | None = None


def run_errand(
    tx: Transaction,
    facts: ShopFacts,
    item: WantedItem,
    product: CatalogProduct | None,
    amount: tuple[int, int],
    text: str,
    now: ClockMark,
) -> ErrandRun:
    """Process an errand with `amount` in boxes and units. It's shown again if anything changed before the confirmation.

    `text`: the sentence, to choose a supplier from.
    """
    errand, language = item.errand, facts.language
    assert errand is not None
    if not may_ask(tx, errand):
        return ErrandRun(line=say(language, "not_mine" if errand.kind == "command" else "errand_not_allowed"))
    if is_refund(item):
        shown = describe_refund(tx, facts, item, product)
    else:
        shown = describe_errand(tx, facts, errand, product, *amount)
    if shown.command is None:
        said = [say(language, "from_supplier", text=text, supplier=one) for one in shown.choices]
        return ErrandRun(line=shown.text, offers=(*(AnswerOption(SAYS + one, one) for one in said), *shown.opens))
    if not item.confirmed or errand.shown != shown.text:  # ask again if the price changed meanwhile
        number = shown.command.id if isinstance(shown.command, AcknowledgeAlert) else errand.number
        errand = msgspec.structs.replace(errand, shown=shown.text, number=number)
        item = msgspec.structs.replace(item, errand=errand, confirmed=False)
        return ErrandRun(yes_or_no(language, item, "confirming", say(language, "confirm", what=shown.text)))
    back = None if errand.takes_back else _back(item, product)
    try:
        tx.do(shown.command)
    except Refusal as refusal:
        return ErrandRun(line=stock_actions.refusal(refusal.refused, language))
    done = None if errand.takes_back else DoneErrand(shown.text, now, back)
    line = say(language, "errand_done", what=shown.text)
    return ErrandRun(line=line, command=type(shown.command).__name__, done=done)


def _back(item: WantedItem, product: CatalogProduct | None) -> WantedItem | None:
    """The item that undoes an errand, computed before it's carried out; None if it can't be undone."""
    errand = item.errand
    assert errand is not None
    opposite = _opposite(errand, product)
    if opposite is None:
        return None
    opposite = msgspec.structs.replace(opposite, takes_back=True, shown="")
    return msgspec.structs.replace(item, errand=opposite, confirmed=False)


def _opposite(errand: Errand, product: CatalogProduct | None) -> Errand | None:
    match errand.kind:
        case "price" if product is not None and product.price_minor is not None:
            return Errand("price", price_minor=product.price_minor)
        case "sold_out":
            return Errand("back")
        case "back":
            return Errand("sold_out")
        case "acknowledge":
            return Errand("command", number=errand.number, name="unmind_alert")
        case "command" if undo := named_commands()[errand.name].undo:
            return msgspec.structs.replace(errand, name=undo)
        case _:
            return None
