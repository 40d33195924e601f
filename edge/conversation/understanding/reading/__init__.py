"""Read a sentence with the catalogue into a typed meaning.

Statements by staff and wishes of customers are read here, with the catalogue beside them, before the turn reaches the
till's writer. Phrases alone read replies, questions, places and lots (`../sentence.py`) and what a customer is after
(`../shopping.py`); they split goods only where the catalogue has no such product, for its name to be repeated.

The rule: a word has one owner (`model.Owners`): act, amount, unit, product, context, reference or little word. A value
records the words that stated it (`model.SaidBy`) and never exists without them. "For table 6", "at 10:45" or "on
invoice 4471" is context: it isn't counted, and becomes the movement's note. Words without an owner are repeated in a
question that shows the effect. A word next to a name belongs to that name, and if no product has the whole name, none
is found.

- `romanised.py`: Hebrew in Latin letters ("lakachti 4 bagels"), by its consonants; always confirmed
- `words.py`, `modality.py`: the words and their language; questions, plans, denials and hearsay aren't statements
- `pieces.py`: a statement cut into pieces, each with its owner: by the possible roles of its words (`piece_words.py`),
  acts (`act_pieces.py`) and context (`context_pieces.py`)
- `uncounted.py`: numbers next to a counted product that don't count: a size in a name ("a 2 litre peach iced tea", "3
  of the 38 creams"), a time (", 11.30")
- `statement_parts.py`: parts of a sentence that name, count and change nothing ("the van is late again"): the rest is
  shown for confirmation
- `asides.py`: exclusions ("the rum, not the gin") and reasons ("they never opened them"): left out, and confirmed
- `listed_amounts.py`: a list read out without commas, each name followed by its number: "vodka two gin one"
- `statement.py`: a statement; or a denial, plan or question
- `thing_builder.py`, `assembly.py`, `statement_thing.py`: assemble pieces into things, each with its act: a `Reading`
- `transfer.py`: goods moved between places, which were read before (`../whereabouts.py`)
- `wish.py`: a customer's wish; a word without an owner adds nothing to the basket
- `basket_change.py`: short changes to a basket: "one less", "remove both", "half that", "one of each", "not two, one";
  `basket_swap.py` replacements ("do it in white"), `basket_lines.py` positions or the whole basket ("forget the first
  thing", "make it 4 and 2", "leave it as it was"), `basket_comments.py` mere comments ("my son's not hungry, one
  less"), `basket_words.py`, `basket_goods.py` the parts of such a sentence
- `basket_guess.py`: a customer's likely change to the item just added, if no reader owns all words: a quantity, or
  another kind of it ("sorry, the can"); only ever proposed
- `linking.py`, `name_forms.py`: the products that a mention means: those with all its words, in any form made from the
  names, the sentence's language first
- `same_kind.py`: further products for a kind: for "coffee" also the espresso beans, as both are cafés in French
- `acts.py`, `ways.py`, `doer.py`: the act of each thing; its direction if unclear (brought to a table, taken back to a
  supplier); the speaker's own acts
- `verb_forms.py`: the forms of a verb, which a vocabulary lists once (`[verbs]`)
- `amending.py`: a number or a product corrected within its sentence: "took three, no, four", "3 whisky, wait, vodka";
  `said_twice.py`: a sentence repeated word for word counts once, after confirmation
- `none_left.py`, `stock_question.py`: "no lettuce left", which is a count; "any challah today?", in any wording
- `amount_answer.py`: an answer to "how many" or "boxes or single ones": "bottles, not crates"
- `correction.py`: a correction of the last action: "no, baguettes", "and two more", "one less"
- `options.py`: which of several an answer means: by their differences, then by position; and how many, if stated ("the
  small ones, but four")
- `statement_words.py`: `../vocabulary/statements/*.toml`, read once; new words go there

One reader decides; what it reads as denied, planned or asked is never done. A number that may belong to the following
name ("seven grain loaf") isn't counted. Earlier days, round numbers and "each" (`shown_first`) also need confirmation,
and so do things seen, heard or dreamt (`sights`). A kilo after a number owned by another word isn't a kilo.

An action is done at once if a word of `[verbs]` or a `certain` act says what happened, and all words have owners; also
the speaker's own act ("je sors 3 bagels"; `selves`). An order to someone else needs confirmation. After an act that
ends in a destination ("went to the school") follows context, whatever it is called; people who took or dropped
something (`people`) are context too. A quotation within other words is hearsay. "One no wait two" needs no comma, as
dictation has none. A count and a name alone, for a table, a room, a meal or similar ("3 baguettes for table 12"), or in
a dish ("on the pizzas"; `dishes`), means that it was taken there, at once; likewise what a deliverer brought, and "3
bagels in". Of several words for the same act, one must be `certain`.

Everything else is shown first ("-2 bottles of rum: is that right?"). If no word gives the direction, the likelier
effect is shown with the other beside it: a bare name means out, or in if a deliverer or a document is mentioned. "Lie"
can state the place of a count, and an unknown word can be the act: then both are shown, and a plain confirmation
selects neither. Several effects are shown in one question. An inexact number ("about five", "3 of the 5", "up to six",
"5+"; `modality.is_inexact`) is always asked about, whichever reader read it. "Big" and "small" next to a product or its
container choose among products that differ only in size; otherwise, and before a box, they mean nothing. For weighed
products a bare whole number is asked about: six bananas may be pieces. A name
with a wrong letter that the user is asked about isn't read as another.
"""
