"""Training mode of the till.

For learning the till. `StartTraining` (signed in, with an empty basket) records the start in the journal; from then on
that register's page and scanner use a separate ledger until its user signs out. `EndTraining` then records the end and
the number of papers, and that ledger is deleted. The journal has nothing else of it.

A practice may start with yesterday (`edge/counter/till/practice/yesterday.py`): its ledger is a copy of the shop's
tables at noon of the last day with sales (a view of the past), its clock runs on from that noon, and the page replays
that day's customers with their goods. Users and forgotten persons are as of today. The next customer follows from the
number served or cleared in the practice, so it isn't stored.

The till has no flags for this: it doesn't know about practice mode.

Register 1 is called `T-1` in it, so its papers are `T-1-000001`: the real shop doesn't know that register, and practice
doesn't know the real shop's receipts, cards or coupons, except those in yesterday's copy. `edge/app/practice_site.py`
routes requests.

Invariants. The real ledger gets only the two events, and print jobs of kind `training`, which are dropped if not
printed in time. A practice left by a power cut is ended when the shop opens.
"""
