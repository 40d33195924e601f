"""Limits of backups, with the behaviour when they are reached. Times in seconds, sizes in bytes."""

from __future__ import annotations

SUFFIX = ".edgebackup"
"""How the name of a sealed file ends."""

PIECE_BYTES = 1024 * 1024
"""Bytes read, compressed and encrypted at a time."""

LABEL_BYTES = 256 * 1024
"""Size of an encrypted file's plain header. A file with a larger one is damaged."""

COPY_PAGES = 256
"""Pages of the ledger copied in one step (1 MiB). Copying then pauses, to leave the disk to the till."""

COPY_REST_S = 0.01
"""Seconds of each pause while copying."""

SPARE_BYTES = 200 * 1024 * 1024
"""Space to leave free on the ledger's own disk beside a copy of it: as much as the ledger itself, but at most this ...
Otherwise no copy is made: a full disk stops sales."""

SPARE_LEAST_BYTES = 16 * 1024 * 1024
"""Minimum of free space: some days of a small shop."""

FILES_SEEN = 1_000
"""Backups looked at in one place. With more there, the names that come first are passed over."""

DUE_EVERY_S = 10.0
"""How often it is looked whether a backup is due."""

AGAIN_S = 600.0
"""A backup that failed is tried again after this."""

BACKUP_S = 4 * 3600.0
"""A backup or drill that takes longer is ended, and counts as failed."""

OVERDUE_DAYS = 3
"""Days without a good backup after which the shop gets an alert, whatever the reason."""

PROVE_EVERY_S = 24 * 3600
"""How often head office's copy is compared with ours."""

PROOF_INTERVAL_S = 1800.0
"""How often it is looked whether that is due; also when it could not be done. Spread by half to one and a half."""

STANDING_EVERY_S = 5.0
"""How often it is looked whether head office has less than it acknowledged, or more than is here."""

PROVE_AT_START_S = 300.0
"""A shop that opens has better things to do."""

ASK_S = 20.0
"""How long a restore waits for head office's position. Then it continues without."""

REJOINED_ROWS = 100_000
"""Facts left out by restores that can be brought back at once, in memory. More are refused."""

NUMBERS_A_DAY = 2_000
"""Receipt numbers to skip after a restore for each day since the newest known fact, which a register may have used."""

NUMBERS_LEAST = 100
"""Minimum numbers to skip: the latest sales may not have been sent."""

NUMBERS_MOST = 1_000_000
"""Maximum numbers to skip, whatever the clock shows."""

NUMBERS_ROUND = 10_000
"""If head office couldn't be asked, numbers continue at the next multiple of this."""

Z_A_DAY = 10
Z_LEAST = 10
Z_MOST = 10_000
Z_ROUND = 100
"""The same of Z reports, of which a register prints one or two a day."""

UNKNOWN_DAYS = 30
"""Days assumed to have passed if the clock shows none."""

ENCLOSED_BYTES = 4 * 1024 * 1024
"""A file that goes into the backup beside the ledger. A longer one is left out."""

ENCLOSED_FILES = 200
"""Files named in the configuration, including those in document folders. Any more are left out."""

PICTURE_BYTES = 8 * 1024 * 1024
"""Size of a product picture that is backed up. Larger ones, copied there by hand, are left out."""

PICTURES_MOST = 100_000
"""Product pictures that are backed up. The others, by name, are left out."""

ROOM_FOR_BACKUPS = 2
"""Pictures leave room at the destination for this many backups as large as the newest."""

PEOPLE_BYTES = 256 * 1024 * 1024
"""The sealed copy of people's keys: over a million of them. A longer one is damaged."""

ERASE_EVERY_S = 5.0
"""Interval of searches in backups for keys of erased people."""

ERASE_RETRY_S = 60.0
"""Seconds until an unreachable backup folder is tried again."""

OTHER_BOX_DAYS = 1
"""How long a second box has to test the newest backup; then this one does, as the other may not reach it."""
