"""Limits of backups, with the behaviour when they are reached. Times in seconds, sizes in bytes."""

from __future__ import annotations

SUFFIX = ".edgebackup"
"""File name suffix of an encrypted backup."""

PIECE_BYTES = 1024 * 1024
"""Bytes read, compressed and encrypted at a time."""

LABEL_BYTES = 256 * 1024
"""Size of an encrypted file's plain header. A file with a larger one is damaged."""

COPY_PAGES = 256
"""Pages of the ledger to copy in one step (1 MiB). Copying then pauses, to leave the disk to the till."""

COPY_REST_S = 0.01
"""Seconds of each pause while copying."""

SPARE_BYTES = 200 * 1024 * 1024
"""Most space to leave free on the ledger's own disk next to a copy of it; less for a smaller ledger. With less free
space no copy is made, because a full disk stops sales."""

SPARE_LEAST_BYTES = 16 * 1024 * 1024
"""Minimum of free space: some days of a small shop."""

FILES_SEEN = 1_000
"""Backups to read in one folder. If there are more, the first ones by name are skipped."""

DUE_EVERY_S = 10.0
"""Interval of checks of whether a backup is due."""

AGAIN_S = 600.0
"""Delay before a failed backup is retried."""

BACKUP_S = 4 * 3600.0
"""Longest backup or drill. A longer one is stopped, and counts as failed."""

OVERDUE_DAYS = 3
"""Days without a good backup after which the shop gets an alert, regardless of the reason."""

PROVE_EVERY_S = 24 * 3600
"""Interval of comparisons with head office's copy."""

PROOF_INTERVAL_S = 1800.0
"""Interval of checks of whether a comparison is due, and of retries. Randomised by a factor of 0.5 to 1.5."""

STANDING_EVERY_S = 5.0
"""Interval of checks of whether head office has less than it acknowledged, or more than this box has."""

PROVE_AT_START_S = 300.0
"""Delay after a start before the first comparison, because opening the shop has priority."""

ASK_S = 20.0
"""Longest time that a restore waits for head office's position before it continues without it."""

REJOINED_ROWS = 100_000
"""Most facts left out by restores that can be restored at once, because they are kept in memory. More are refused."""

NUMBERS_A_DAY = 2_000
"""Receipt numbers to skip after a restore for each day since the newest known fact, which a register may have used."""

NUMBERS_LEAST = 100
"""Minimum numbers to skip, because the latest sales may not have been sent."""

NUMBERS_MOST = 1_000_000
"""Maximum numbers to skip, even if the clock is wrong."""

NUMBERS_ROUND = 10_000
"""Step to round numbers up to when head office can't be asked for the last one."""

Z_A_DAY = 10
Z_LEAST = 10
Z_MOST = 10_000
Z_ROUND = 100
"""The limits above, for numbers of Z reports. A register prints one or two a day."""

UNKNOWN_DAYS = 30
"""Days assumed to have passed if the clock shows none."""

ENCLOSED_BYTES = 4 * 1024 * 1024
"""Largest file that is backed up with the ledger. A larger one is left out."""

ENCLOSED_FILES = 200
"""Files named in the configuration to back up, including those in document folders. Further ones are left out."""

PICTURE_BYTES = 8 * 1024 * 1024
"""Largest product picture to back up. Larger ones, which were copied to the folder by hand, are left out."""

PICTURES_MOST = 100_000
"""Product pictures to back up, in order of name. Further ones are left out."""

ROOM_FOR_BACKUPS = 2
"""Number of backups as large as the newest for which pictures leave room at the destination."""

PEOPLE_BYTES = 256 * 1024 * 1024
"""Largest encrypted copy of people's keys: over a million keys. A larger file is damaged."""

ERASE_EVERY_S = 5.0
"""Interval of searches in backups for keys of erased people."""

ERASE_RETRY_S = 60.0
"""Seconds until an unreachable backup folder is tried again."""

OTHER_BOX_DAYS = 1
"""Days that a second box has to test the newest backup. After that, this box tests it, because the other may not reach
it."""
