"""What a customer asks advice on.

What a customer asks advice on, in three languages: "what goes with the hummus?", "something like the corn bread",
"something without gluten",
"does the pita have sesame?", "a gift for my father under 20". It shows goods with their prices and moves nothing.

Each word of such a question has an owner: a phrase of `../vocabulary/advice/*.toml`, goods, a fact, a person, an
age, a sum, or nothing to say. A sentence that counts, or takes something out of a basket, is none; a name that
nobody knows is named in the answer.

- `model.py`: the question; pure
- `words.py`: its words, by language, and how facts are written in any of them
- `phrases.py`: a sentence cut into what its words do; pure
- `reader.py`: from words to a question, with the catalogue beside it
- `facts.py`: whether goods are without something, as far as what is stored of them says so; pure
- `candidates.py`: goods that may answer, the best first, read beside the till

Nothing follows from silence. Goods are *claimed* to be so (a name or an attribute says "gluten free"), *listed*
(their allergens, or for other things their ingredients, are stated and it is not among them), *have* it, or are
*unstated*: these are never shown for it, and where they are asked about by name it is said that nothing is
stated. A claim that a list of allergens contradicts is none, but for milk without lactose. "No added sugar" says
neither. What a shop keeps in no category that is alcohol, while others are, is shown as not sold as alcohol.

What may be suggested is looked at inside the turn, by `recommend` (`suggested_to_anybody`): nothing with a least
age, nothing recalled, private, without a price or sold out. To a child also nothing that has alcohol or caffeine.

One more fact: a table `[facts.NAME]` in each file of words, a word for it in `../../assistant/words/*.toml`
(`shop_of_NAME`).
"""
