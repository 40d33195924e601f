"""Read a sentence with the catalogue into a typed meaning.

What staff report is read here, with the catalogue beside it, before the turn reaches the till's writer. Phrases
alone (`../sentence.py`) read replies, questions, places and lots, and what customers wish for; what they leave open
of that (a name that is not as it stands in the catalogue, two numbers, a percentage) is read here, too.

The law. A word has one owner (`model.Owners`): act, amount, unit, product, context, reference or little word. A
value has the words that said it (`model.SaidBy`); there is none without. What is for table 6, at 10:45 or on
invoice 4471 is context: it counts nothing, and is the movement's note. Words that no one owns are named in a
question that shows the effect; a word that touches a name is of that name, and then no product has it.

- `romanised.py`: Hebrew in Latin letters ("lakachti 4 bagels"), by its consonants; it waits for confirmation
- `words.py`, `modality.py`: the words, their language; what asks, plans, denies or hears say is no statement
- `pieces.py`: a statement cut into pieces, each with its owner: by what its words may be (`piece_words.py`), acts
  (`act_pieces.py`) and context (`context_pieces.py`)
- `uncounted.py`: numbers beside what is counted that count nothing: a size in a name ("a 2 litre peach iced tea",
  "3 of the 38 creams"), a time (", 11.30")
- `statement_parts.py`: the parts of a sentence that name, count and do nothing ("the van is late again"): what is
  left without them is shown
- `asides.py`: what was left ("the rum, not the gin") and why ("they never opened them"): put aside, and a confirmation
  is waited for
- `listed_amounts.py`: a list read out without commas, each name with its number behind it: "vodka two gin one"
- `statement.py`: a statement, or that it denies, plans or asks
- `thing_builder.py`, `assembly.py`, `statement_thing.py`: pieces put together to things, each with its act: a
  `Reading`
- `wish.py`: what a customer wishes for in words that phrases do not know; a word that no one owns puts nothing
  into a basket
- `basket_change.py`: what a customer changes of a basket without saying all of it again: "one less", "remove
  both", "half that", "one of each", "not two, one"; `basket_swap.py` something else instead ("do it in white"),
  `basket_lines.py` where it stands or all of it ("forget the first thing", "make it 4 and 2", "leave it as it
  was"), `basket_comments.py` what only tells something ("my son's not hungry, one less"), `basket_words.py`,
  `basket_goods.py` the parts of such a sentence
- `basket_guess.py`: what a customer may change of what was put in just now, where no reader owns all words: so
  many, or another kind of it ("sorry, the can"); it is only ever shown
- `linking.py`, `name_forms.py`: what a mention means: products with all its words, by forms that are made of the
  names, in the sentence's language first
- `same_kind.py`: what else a word for a kind of goods means: of "coffee" the espresso beans, too, as both are
  cafés in French
- `acts.py`, `ways.py`, `doer.py`: what happened to each thing; which way goods went where that is open: brought
  to a table, taken back to a supplier; what who speaks did
- `verb_forms.py`: the forms of a verb, which a vocabulary lists once (`[verbs]`)
- `amending.py`: a number or a product taken back in its own sentence: "took three, no, four", "3 whisky, wait,
  vodka"; `said_twice.py`: a sentence that is repeated word for word counts once, after confirmation
- `none_left.py`, `stock_question.py`: "no lettuce left", which is a count; "any challah today?", in whatever
  words
- `amount_answer.py`: what an answer to "how many" or "boxes or single ones" says: "bottles, not crates"
- `correction.py`: what a sentence changes of what was done just now: "no, baguettes", "and two more", "one less"
- `options.py`: which of several an answer means: what tells them apart, then its place; and how many, where it
  says so ("the small ones, but four")
- `statement_words.py`: `../vocabulary/statements/*.toml`, read once; one more word goes there

One reader decides. Where it says nothing of what phrases alone would do, that is shown and waits for confirmation
(`../lookup.py`); what it reads as denied, planned or asked is not done at all. A number that may be of the name behind
it ("seven grain loaf") counts nothing. Days before today, round numbers and "each" (`shown_first`) wait for a
confirmation, too, and so does what someone saw, heard or dreamt of (`sights`). A kilo behind a number that another word
owns is no kilo.

Done at once is what says in a word of `[verbs]`, or an act that is `certain`, what happened, and whose words all have
owners; so is what who speaks did ("je sors 3 bagels"; `selves`). An order to someone waits. Behind an act that ends in
where it went ("went to the school") stands context, whatever it is called; who took or dropped it (`people`) is
context, too. What stands in quotes within more words is hearsay; "one no wait two" needs no comma, as dictation has
none. What is counted and named alone, for a table, a room, a meal or the like ("3 baguettes for table 12"), or in a
dish ("on the pizzas"; `dishes`), was taken there, and is done at once, too; so is what someone who brings goods
brought, and "3 bagels in". Of several words for what happened that say the same, one has to be `certain`. Anything else
is shown first ("-2 bottles of rum: is that right?"); where no word says which way goods went, the likelier effect is,
with the other beside it: what is only named went out, or came in where who brings goods or a document is named. Where
goods lie may be said of what was counted, and a word that no one knows may be what happened: then both are, and a
confirmation is for neither. Several effects are shown in one question. A number that no one counted ("about five", "3
of the 5", "up to six", "5+"; `modality.is_inexact`) is asked, whichever reader read it. "Big" and "small" beside goods,
or what they come in, say which of goods that differ by their size alone; of others, and before a box, they say nothing.
Of what is weighed a whole number alone is asked: six bananas may be pieces. Where a letter was wrong in a name, the
narrow reader's question stands."""
