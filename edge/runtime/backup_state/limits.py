"""Limits of backups, with the behaviour when they are reached. Times in seconds, sizes in bytes."""

from __future__ import annotations

SUFFIX = ".edgebackup"
"""How the name of a sealed file ends."""

PIECE_BYTES = 1024 * 1024
"""Of what is sealed, read and compressed at once."""

LABEL_BYTES = 256 * 1024
"""What a sealed file says of itself in the open. A longer one is damaged."""

COPY_PAGES = 256
"""Pages of the ledger copied in one step (1 MiB); then it rests, so that the disk is there for the till ..."""

COPY_REST_S = 0.01
"""... for so long."""

SPARE_BYTES = 200 * 1024 * 1024
"""What must stay free on the ledger's own disk beside a copy of it, as much as the ledger itself but no more than this
... Else no copy is made: a full disk stops selling."""

SPARE_LEAST_BYTES = 16 * 1024 * 1024
"""... and no less than this: some days of a small shop."""

FILES_SEEN = 1_000
"""Backups looked at in one place. With more there, the names that come first are passed over."""

DUE_EVERY_S = 10.0
"""How often it is looked whether a backup is due."""

AGAIN_S = 600.0
"""A backup that failed is tried again after this."""

BACKUP_S = 4 * 3600.0
"""A backup or drill that takes longer is ended, and counts as failed."""

OVERDUE_DAYS = 3
"""Without a good backup for so long, the shop is told, whatever the reason."""

PROVE_EVERY_S = 24 * 3600
"""How often head office's copy is compared with ours."""

PROOF_INTERVAL_S = 1800.0
"""How often it is looked whether that is due; also when it could not be done. Spread by half to one and a half."""

STANDING_EVERY_S = 5.0
"""How often it is looked whether head office has less than it acknowledged, or more than is here."""

PROVE_AT_START_S = 300.0
"""A shop that opens has better things to do."""

ASK_S = 20.0
"""How long a restore waits for head office to say what it holds. Then it goes on without."""

REJOINED_ROWS = 100_000
"""Facts that restores have left and that are brought back at once, held in memory. Of more it is refused."""

NUMBERS_A_DAY = 2_000
"""Receipts that a register may have given, each day since the newest fact that is known: so many numbers are left out
after a restore ..."""

NUMBERS_LEAST = 100
"""... at least so many: what was sold a moment ago may not have been sent ..."""

NUMBERS_MOST = 1_000_000
"""... at most so many, whatever the clock says ..."""

NUMBERS_ROUND = 10_000
"""... and where head office could not be asked, up to the next number that this divides."""

Z_A_DAY = 10
Z_LEAST = 10
Z_MOST = 10_000
Z_ROUND = 100
"""The same of Z reports, of which a register prints one or two a day."""

UNKNOWN_DAYS = 30
"""So many days are taken to have passed where the clock says that none have."""

ENCLOSED_BYTES = 4 * 1024 * 1024
"""A file that goes into the backup beside the ledger. A longer one is left out."""

ENCLOSED_FILES = 200
"""Of the files that the configuration names, folders of papers looked through. The rest is left out."""

PICTURE_BYTES = 8 * 1024 * 1024
"""A picture of a product that goes beside the backups. A longer one, which somebody put there by hand, is left out."""

PICTURES_MOST = 100_000
"""Of the pictures that products have. The rest, by name, is left out."""

ROOM_FOR_BACKUPS = 2
"""For so many backups of the ledger, as long as the newest, pictures leave room in the backup place."""

PEOPLE_BYTES = 256 * 1024 * 1024
"""The sealed copy of people's keys: over a million of them. A longer one is damaged."""

ERASE_EVERY_S = 5.0
"""How often it is looked whether somebody was forgotten whose key lies somewhere still ..."""

ERASE_RETRY_S = 60.0
"""... and how soon a backup place that could not be reached is tried again."""

OTHER_BOX_DAYS = 1
"""So long a second box has to try the newest backup; then this one does, as the other may not reach where it lies."""
