"""Read a customer's questions for advice.

In three languages: "what goes with the hummus?", "something like the corn bread", "something without gluten", "does the
pita have sesame?", "a gift for my father under 20". The answer shows products with prices and changes nothing.

Every word has an owner: a phrase of `../vocabulary/advice/*.toml`, a product, a fact, a person, an age, a sum, or
filler. Sentences that count or remove something from the basket are not questions for advice. Unknown names are
repeated in the answer.

- `model.py`: the question; pure
- `words.py`: its words, by language, and how facts are written in any of them
- `phrases.py`: splits a sentence into phrases by their role; pure
- `reader.py`: from words to a question, with the catalogue beside it
- `facts.py`: whether products are free of something, by their stored data; pure
- `candidates.py`: products that may answer, the best first, read beside the till

Silence proves nothing. A product is *claimed* to be free of something (its name or an attribute says "gluten free"),
*listed* (its allergens or ingredients are stated and don't include it), *has* it, or is *unstated*. Unstated products
are never offered; asked about by name, the answer says that nothing is stated. A claim contradicted by the allergen
list is void, except lactose-free milk. "No added sugar" proves neither. If the shop has alcohol categories, products
outside them count as not sold as alcohol.

Whether a product may be suggested is checked inside the turn by `recommend` (`suggested_to_anybody`): nothing
age-restricted, recalled, private, unpriced or sold out. For a child also nothing with alcohol or caffeine.

To add a fact: a table `[facts.NAME]` in each vocabulary file, and its word in `../../assistant/words/*.toml`
(`shop_of_NAME`).
"""
