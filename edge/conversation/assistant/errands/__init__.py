"""Requests of staff other than stock movements.

Examples, in three languages: "set the price of honey to 23", "order 3 cases of tonic from Metro", "print a label for
green tea", "acknowledge the alert", "show me the last receipt".

A sentence is an errand if it begins with a phrase of `../../understanding/vocabulary/errands/*.toml` and every
following word is accounted for: goods, an amount, a price, one of the shop's suppliers, or filler. Questions, plans
and "about 3" aren't errands. The assistant shows the effect with all figures; after confirmation it runs the command
of the capability concerned. A command inside a turn would run with the turn's right, so `doing.py` checks that the
speaker has the command's own right. The effect is computed again after confirmation: if it differs (the price has
changed since), the assistant asks again.

Other commands can be named too ("start a stocktake", "order 41 is ready", "set aside two gin", "pay 20 out of the
till for ice", "tell everyone that the fridge drips"): `../../understanding/vocabulary/errands/commands.toml` maps
phrases of each language to a command and to the content of its fields (a number, a product, a quantity, a supplier, a
customer's order, a table, money, a lot, a card's code, an email address, a text). The translation `errand_NAME` says
what is shown. No code is specific to one of these commands; the command's own right, surface and till decide who may
run it (`Transaction.offered_command`). Missing details are asked for one at a time (`Errand.lacks`; "close alert":
"Which number?"); "no" or the next command ends that. Commands that need a form (a new product, a supplier, opening
hours, a promotion, goods for another store) have a block with a `page`: users with the right are offered that page,
with the spoken details in the controls that `fields` names, after the "#" of its address
(`edge/web/static/prefilled.js`).
"Cancel" after an errand shows how to undo it (`undo`, or the previous price), if it can be undone; it never undoes
the movement before it.

A refund ("refund 2 milk of receipt 123", "refund the last sale") applies to this register's receipts. Its figures
come from `PreviewRefund`, which computes the refund without doing it, so it never exceeds what was sold or paid, and
uses the original payment method.

Not available: commands that ask for the PIN again, ids that no one says aloud (a stored card, a payment), and
commands of machines, devices and head office.

- `../../understanding/errands/model.py`: an errand, and its wording; pure
- `../../understanding/errands/reader.py`: from words to an errand, using the catalogue and the suppliers
- `../../understanding/errands/errand_words.py`: the words of each language, and the position of supplier, number,
  amount and goods in a sentence
- `../../understanding/errands/commands.py`: the named commands, and which one a phrase asks for; pure
- `../../understanding/errands/command_reader.py`: such a command with its fields, and the details still missing
- `../../understanding/errands/written_slots.py`: money, a lot and a text, as they were written
- `doing.py`: its right, its words, its command
- `command_shown.py`, `refund_shown.py`: the effect of a named command, or its page; the effect of a refund
- `named_sale.py`: the sale given by its number, or the last one
- `asking.py`: questions about missing details, and their answers
- `running.py`: show it, run it after confirmation, and undo it

"Where is the rice?" is also an errand, although it only answers (`shelf_places.py`): the row of its bay by today's
planogram, and its locations. Anyone who may ask about stock can ask it, even in the middle of a question.

An order is created as a draft, to be approved and sent on the purchases page. If several suppliers have the goods,
the assistant offers a choice.
"""
