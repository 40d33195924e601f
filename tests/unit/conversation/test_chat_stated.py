"""Whether goods are without something, as far as anything is stated of them."""

from __future__ import annotations

import pytest

from edge.conversation.understanding.advice.facts import stated_of
from edge.goods.catalog.product import Value
from edge.goods.catalog.queries import CatalogProduct

ZERO, SOME = Value("0 g", 0, None, "g"), Value("4.7 g", 4_700, None, "g")
Said = dict[str, str | Value]
STATED: tuple[tuple[str, Said, str, str], ...] = (
    ("Pita", {}, "gluten", "unstated"),
    ("Pita", {"allergens": "wheat"}, "gluten", "has"),
    ("Pita", {"Allergènes": "blé"}, "gluten", "has"),
    ("פיתה", {"אלרגנים": "חיטה ושומשום"}, "sesame", "has"),
    ("Corn cake", {"allergens": "milk"}, "gluten", "listed"),
    ("Corn cake", {"ingredients": "corn, milk"}, "gluten", "unstated"),
    ("Gluten-free bread", {}, "gluten", "claimed"),
    ("Pain sans gluten", {}, "gluten", "claimed"),
    ("לחם ללא גלוטן", {}, "gluten", "claimed"),
    ("Gluten-free bread", {"allergens": "may contain gluten"}, "gluten", "has"),
    ("Bread", {"notes": "not gluten free"}, "gluten", "has"),
    ("Bread", {"gluten_free": "yes"}, "gluten", "claimed"),
    ("Bread", {"gluten free": "no"}, "gluten", "has"),
    ("Bar", {"allergens": "unknown"}, "nuts", "unstated"),
    ("Bar", {"allergens": "see pack"}, "nuts", "unstated"),
    ("Bar", {"allergens": "none"}, "nuts", "listed"),
    ("Bar", {"allergens": "may contain traces of hazelnuts"}, "nuts", "has"),
    ("Bar", {"allergens": "peanuts"}, "nuts", "has"),
    ("Coconut bar", {"allergens": "milk"}, "nuts", "listed"),
    ("Noix de coco râpée", {"allergens": "sulphites"}, "nuts", "listed"),
    ("Peanut butter", {"allergens": ""}, "nuts", "has"),
    ("Cola", {"sugar": ZERO}, "sugar", "claimed"),
    ("Cola", {"sugar": SOME}, "sugar", "has"),
    ("Cola", {"ingredients": "water, sugar"}, "sugar", "has"),
    ("Tea", {"ingredients": "water, tea"}, "sugar", "listed"),
    ("Jam, no added sugar", {}, "sugar", "unstated"),
    ("Compote sans sucres ajoutés", {}, "sugar", "unstated"),
    ("ריבה ללא תוספת סוכר", {}, "sugar", "unstated"),
    ("Alcohol-free beer", {}, "alcohol", "claimed"),
    ("Alcohol-free beer", {"alcohol": Value("0.5%", 500, None, "%")}, "alcohol", "has"),
    ("Ginger beer", {}, "alcohol", "unstated"),
    ("Pale ale", {}, "alcohol", "has"),
    ("Milk lactose free", {"allergens": "milk"}, "lactose", "claimed"),
    ("Coconut milk", {"allergens": "none"}, "dairy", "listed"),
    ("Burger", {"vegan": "yes"}, "vegan", "claimed"),
    ("Burger", {"vegan": "no"}, "vegan", "has"),
    ("Burger", {"ingredients": "beans, salt"}, "vegan", "unstated"),
    ("Soup", {"ingredients": "water, onions"}, "=onion", "has"),
    ("Soup", {"ingredients": "water, leek"}, "=onion", "listed"),
    ("Soup", {}, "=onion", "unstated"),
)


def _product(name: str, said: Said) -> CatalogProduct:
    values = {one: text if isinstance(text, Value) else Value(text) for one, text in said.items()}
    return CatalogProduct(sku="x", names={"en": name}, attributes=values)


@pytest.mark.parametrize(("name", "said", "fact", "stated"), STATED)
def test_nothing_follows_from_silence(name: str, said: Said, fact: str, stated: str) -> None:
    assert stated_of(_product(name, said), fact) == stated
