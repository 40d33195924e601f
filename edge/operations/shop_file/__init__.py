"""Export the shop as one SQLite file for other programs.

The shop as one SQLite file, for whatever else shall read it: spreadsheets, notebooks, Datasette. `edge export
sqlite FILE`, and a button on the page of files; what is in it and what one asks of it: docs/shop-file.md.

Invariants

- All of an export holds, or none of it: one transaction, read from one snapshot of the ledger. A new file has its
  name only once it is whole.
- A file that was changed since (SQLite counts that in its header), is of another shop, of other tables or of a
  history that the ledger has not, or was made with other people in it, is refused and left as it was. One that is
  none of ours is not even opened.
- Without `--people` there is no column for anyone: no cashier, no customer, no name of who is asked at a
  supplier, no remark.
- Every reference holds: what papers name and the shop knows no more has a row of its own. Types, views and full
  text are such that any SQLite since 3.9 reads them.

One more table: a `ShopTable` in `goods.py` or `trade.py` with its `rows`; its description, view and test come by
themselves. A file of before is then of other tables, and is made again.
"""
