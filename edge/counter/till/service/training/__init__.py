"""Training mode of the till.

Somebody learns the till. `StartTraining` (only by name, with nothing on the counter) says in the journal that it
began; from then on what that register's page and scanner ask goes to another ledger, until its person signs out.
Then `EndTraining` says that it ended and how many papers it made, and the other ledger is removed. That is all
the journal has.

There are no flags in the till: it does not know that it is practised on.

Its register is called `T-1` for 1, so its papers are `T-1-000001`: the real shop knows no such register, and
practice knows no receipt, card or coupon of the real one. `edge/app/practice_site.py` sends requests to the right
one.

Invariants. Nothing is written to the real ledger but the two events, and print jobs of kind `training`, which are
forgotten when no printer takes them in time. A practice that a power cut left behind is ended when the shop
opens.
"""
