"""Export the shop as one SQLite file for other programs.

For spreadsheets, notebooks and Datasette. Created by `edge export sqlite FILE` and a button on the files page;
docs/shop-file.md describes its contents and example queries.

Invariants

- An export is complete or doesn't exist: one transaction, read from one snapshot of the ledger. A new file gets its
  name once it is complete.
- An existing file is refused and left unchanged if it was modified since (SQLite counts that in its header), belongs to
  another shop, has other tables or a history that the ledger lacks, or was made with other people in it. A file of
  another program isn't even opened.
- Without `--people` there are no columns for people: no cashiers, customers, supplier contacts or remarks.
- Every reference resolves: records that documents refer to but that the shop no longer has get a placeholder row.
  Types, views and full text work in any SQLite since 3.9.

To add a table: a `ShopTable` in `goods.py` or `trade.py` with its `rows`; its description, view and test follow.
Earlier files then have other tables, and are created again.
"""
