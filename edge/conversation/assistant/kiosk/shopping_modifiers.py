"""Modifiers as a customer says them: choose, ask for required ones, change later."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.assistant.kiosk.modifier_choice import ModifierWish, change_modifiers, choose_modifiers
from edge.conversation.assistant.kiosk.shopping_changes import ShoppingChanges
from edge.conversation.assistant.kiosk.shopping_facts import name_in
from edge.conversation.assistant.phrasing import choices, full_name, say
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import Asked
from edge.conversation.assistant.turns.dialogue import AnswerOption, CartChange, OpenQuestion, WantedItem
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.modifier_reader import chooses_nothing, chosen_in
from edge.conversation.understanding.said_modifier import SaidModifier
from edge.conversation.understanding.tokens import tokens_of
from edge.core.messages import Refusal
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.modifiers.modifier import ModifierGroup, ref
from edge.goods.modifiers.queries import groups_of

NONE_OF_IT = "none"
"""The option to choose nothing from an optional group."""


class ShoppingModifiers(ShoppingChanges):
    """The modifiers part of a turn."""

    def _with_modifiers(self, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        """Add to each item the modifiers said after its name or, for sizes, before it."""
        said = self._command.modifiers
        if said is None or not clauses or any(one.modifiers for one in clauses):
            return clauses
        starts = _starts(tokens_of(said.rest), clauses)
        mine: list[list[SaidModifier]] = [[] for _ in clauses]
        for one in said.said:
            mine[_place(starts, one)].append(one)
        return tuple(
            msgspec.structs.replace(clause, modifiers=tuple(own)) if own else clause
            for clause, own in zip(clauses, mine, strict=True)
        )

    def _chosen_modifiers(self, item: WantedItem, product: CatalogProduct) -> tuple[str, ...] | Asked | None:
        """Return the modifiers for an item to add, or the question to ask if a group needs an answer.

        Returns None, after telling the customer, if their words match no modifier of the product.
        """
        groups = groups_of(self._tx.db, product) if product.units == 1 else ()
        last = self.state.put[-1] if self.state.put and not item.clause.text else None
        if last and last.sku == product.sku and last.modifiers is not None and not item.clause.modifiers:
            return last.modifiers  # "one more"
        wish = choose_modifiers(groups, item.clause.modifiers, item.chosen, item.groups)
        if wish.asked is not None:
            return self._ask_group(item, product, wish.asked)
        return None if self._is_strange(wish, product) else wish.chosen

    def _is_strange(self, wish: ModifierWish, product: CatalogProduct) -> bool:
        if wish.strange is None:
            return False
        self._say("no_modifier", name=full_name(product, self._language), text=wish.strange.text)
        return True

    def _ask_group(self, item: WantedItem, product: CatalogProduct, group: ModifierGroup) -> Asked:
        groups, chosen = groups_of(self._tx.db, product), item.chosen
        options = [AnswerOption(ref(group, one), self._facts.modifier(one, groups, chosen)) for one in group.modifiers]
        if not group.least:
            options.append(AnswerOption(NONE_OF_IT, say(self._language, "shop_nothing_of_it")))
        text = say(
            self._language,
            "shop_which_modifier",
            name=full_name(product, self._language),
            group=name_in(group.names, self._language),
            choices=choices(options),
        )
        wanted = msgspec.structs.replace(item, sku=product.sku, skus=(product.sku,))
        return Asked(wanted, "choosing_modifier", text, tuple(options))

    def _modifier_answer(self, question: OpenQuestion) -> WantedItem | None:
        """Return the item with the modifiers that the customer chose in answer to a question.

        Returns None if the answer doesn't fit: it names none of the group's modifiers, or too few or too many of them.
        """
        item = self.state.item
        known = self._known_products(item.skus) if item else []
        if item is None or not known:
            return None
        groups = groups_of(self._tx.db, known[0])
        offered = {one.id for one in question.options}
        group = next((one for one in groups if any(ref(one, each) in offered for each in one.modifiers)), None)
        if group is None:
            return None
        option = self._command.option
        if option:
            said: tuple[str, ...] = () if option == NONE_OF_IT else (option,)
        else:
            said = chosen_in(group, self._command.text)
            if not said and not chooses_nothing(self._command.text):
                return None
        if not group.least <= len(said) <= group.most:
            return None
        return msgspec.structs.replace(item, chosen=(*item.chosen, *said), groups=(*item.groups, group.id))

    def _change_modifiers(self) -> None:
        """ "With oat milk": change the modifiers of the product just added."""
        said = self._command.modifiers
        lines = [line for line in self._in_cart() if line.sku == self.state.product and line.quantity]
        newest = lines[-1] if lines else None
        product = next(iter(self._known_products((newest.sku,))), None) if newest else None
        if said is None or newest is None or product is None:
            return self._say("not_in_basket")
        wish = change_modifiers(groups_of(self._tx.db, product), newest.modifiers, said.said)
        if wish.asked is not None:
            clause = Clause("add", newest.quantity, text=full_name(product, self._language), modifiers=said.said)
            return self.lines.append(self._ask_group(WantedItem(clause), product, wish.asked).text)
        if self._is_strange(wish, product):
            return None
        had = tuple(one.ref for one in newest.modifiers)
        self._let(newest, 0)
        try:
            self._put(product.sku, newest.quantity, wish.chosen)
        except Refusal as refusal:
            self._put(product.sku, newest.quantity, had)
            return self.lines.append(stock_actions.refusal(refusal.refused, self._language))
        self.put += [
            CartChange(product.sku, newest.quantity, 0, had),
            CartChange(product.sku, 0, newest.quantity, wish.chosen),
        ]
        self._say("changed", name=self._facts.name_with_modifiers(product, wish.chosen))
        return self._sum()


def _starts(words: Sequence[str], clauses: Sequence[Clause]) -> list[int]:
    """The position of each item's name; one not found takes the position of the item before."""
    starts: list[int] = []
    for clause in clauses:
        first, since = next(iter(clause.text.split()), ""), starts[-1] + 1 if starts else 0
        found = next((at for at in range(since, len(words)) if words[at] == first), starts[-1] if starts else 0)
        starts.append(found)
    return starts


def _place(starts: Sequence[int], said: SaidModifier) -> int:
    """The index of the item that a modifier belongs to."""
    if said.plain and said.at in starts:
        return starts.index(said.at)
    return max((place for place, start in enumerate(starts) if start < said.at), default=0)
