"""Training mode of the till.

Somebody learns the till. `StartTraining` (only by name, with nothing on the counter) says in the journal that it
began; from then on what that register's page and scanner ask goes to another ledger, until its person signs out.
Then `EndTraining` says that it ended and how many papers it made, and the other ledger is removed. That is all
the journal has.

A practice may begin as yesterday (`edge/counter/till/yesterday.py`): its ledger is then a copy of the shop's tables at
noon of the last day that sold (a view of the past), its clock runs on from that noon, and the page shows the customers
who came from then on, each with their goods. Who works here, and who was forgotten, is as it is today. The next
customer is the one behind as many as have paid or left in the practice, so nothing of that is kept.

There are no flags in the till: it does not know that it is practised on.

Its register is called `T-1` for 1, so its papers are `T-1-000001`: the real shop knows no such register, and
practice knows no receipt, card or coupon of the real one, except as yesterday's copy has them.
`edge/app/practice_site.py` sends requests to the right one.

Invariants. Nothing is written to the real ledger but the two events, and print jobs of kind `training`, which are
forgotten when no printer takes them in time. A practice that a power cut left behind is ended when the shop
opens.
"""
