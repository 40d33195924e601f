"""Requests of staff other than stock movements.

What staff ask for beside movements of stock, in three languages: "set the price of honey to 23", "order 3 cases
of tonic from Metro", "print a label for green tea", "acknowledge the alert", "show me the last receipt".

A sentence is an errand where it begins with a phrase of `../../understanding/vocabulary/errands/*.toml` and each
word behind has an owner: goods, an amount, a price, a supplier of the shop, or nothing to say. Questions, plans
and "about 3" are none. What it would do is shown with all of its figures; a yes does it, by the command of whose
it is. A command done inside a turn has the turn's right, so `doing.py` looks whether whoever speaks has that
command's own. What is shown is made anew behind the yes: where it differs (the price was changed meanwhile) it is
asked again.

Whatever else somebody could ask for by itself can be named, too ("start a stocktake", "order 41 is ready", "set
aside two gin", "pay 20 out of the till for ice", "tell everyone that the fridge drips"):
`../../understanding/vocabulary/errands/commands.toml` says which command it is and what fills each of its fields
(a number, a product, an amount of it, a supplier, a customer's order, a table, money, a lot, a card's code, an
address for mail, a text), each language what is said for it, and `errand_NAME` in the words what is shown. No
code knows one of them; who may is the command's own right, surface and till (`Transaction.offered`). What of it
was not said is asked, one thing at a time (`Errand.lacks`; "close alert": "Which number?"); "no" or the next
command ends that. What is filled in on a page (a new product, a supplier, opening hours, a promotion, goods for
another store) is a block with a `page`: who may do its command is offered that page, with what was said in the
controls that `fields` names, behind the "#" of its address (`edge/web/static/prefilled.js`). "Cancel" behind an
errand shows what takes it back (`undo`, or the price that was), where something does; it never reaches the
movement before it.

A refund ("refund 2 milk of receipt 123", "refund the last sale") is of this register's receipts: its figures are
those of `PreviewRefund`, which is the refund itself without an effect, so never more than was sold or paid, and
the way it was paid.

What cannot be named: what wants a PIN once more, ids that nobody says (a stored card, a payment), and what
machines, devices and head office ask.

- `../../understanding/errands/model.py`: an errand, and as it was said; pure
- `../../understanding/errands/reader.py`: from words to an errand, with the catalogue and the suppliers beside it
- `../../understanding/errands/errand_words.py`: the words of each language, and where in a sentence a supplier, a
  number, an amount, goods stand
- `../../understanding/errands/commands.py`: the commands that are named, and which of them words ask for; pure
- `../../understanding/errands/command_reader.py`: such a command with what fills its fields, and what nobody said
  of it
- `../../understanding/errands/written_slots.py`: money, a lot and a text, as they were written
- `doing.py`: its right, its words, its command
- `command_shown.py`, `refund_shown.py`: the same of a command by its name, or its page; of a refund
- `named_sale.py`: the sale that is meant by its number, or as the last one
- `asking.py`: what was not said, asked; what an answer says of it
- `running.py`: shown, done after a yes, and what takes it back

"Where is the rice?" is one too, though it is only told (`shelf_places.py`): the row of its bay by the plan of the
day, and the places that it lies at. It may be asked by whoever talks about the stock, also in the middle of a
question.

An order is a draft: it is approved and sent on the page of purchases. Where several suppliers have the goods,
they are offered.
"""
