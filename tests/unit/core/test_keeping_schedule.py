"""Backups are made when they are due, whatever the clock does, and the right ones stay."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge.operations.maintenance.backups.retention import backups_to_keep
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.destinations import PlaceFault
from edge.runtime.backup_state.schedule import DAY_US, due, last_turn_us, of_two_boxes, overdue_days
from edge.runtime.backup_state.status import BackupStatus
from edge.runtime.config.backup import Backup

ZONE = "Europe/Paris"
SETTINGS = Backup(folder="/mnt/usb", drill_days=7, archive_after_days=0)


def at(day: int, clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return int(datetime(2026, 11, day, hours, minutes, tzinfo=ZoneInfo(ZONE)).timestamp()) * 1_000_000


def test_one_a_night_and_a_drill_a_week() -> None:
    fresh = BackupStatus(drill_us=at(19, "04:00"))
    assert due(fresh, SETTINGS, ZONE, at(19, "12:00")) == "backup", "the first one is not waited for"
    made = BackupStatus(backup_us=at(20, "03:31"), drill_us=at(19, "04:00"))
    assert due(made, SETTINGS, ZONE, at(21, "03:29")) is None
    assert due(made, SETTINGS, ZONE, at(21, "03:30")) == "backup"
    made = BackupStatus(backup_us=at(26, "03:31"), drill_us=at(19, "04:00"))
    assert due(made, SETTINGS, ZONE, at(26, "03:59")) is None
    assert due(made, SETTINGS, ZONE, at(26, "04:00")) == "drill"


def test_of_two_boxes_the_one_that_leads_tries_a_backup_a_day_later_where_the_other_one_did_not() -> None:
    made = BackupStatus(backup_us=at(26, "03:31"), drill_us=at(19, "04:00"))
    assert due(made, of_two_boxes(SETTINGS), ZONE, at(26, "23:00")) is None, "that is left to the other one"
    made = BackupStatus(backup_us=at(27, "03:31"), drill_us=at(19, "04:00"))
    assert due(made, of_two_boxes(SETTINGS), ZONE, at(27, "04:00")) == "drill", "it may not reach the backups"
    never = Backup(folder="/mnt/usb", drill_days=0, archive_after_days=0)
    assert due(made, of_two_boxes(never), ZONE, at(27, "04:00")) is None


def test_a_box_that_was_off_at_night_makes_up_for_it() -> None:
    made = BackupStatus(backup_us=at(20, "03:31"), drill_us=at(20, "04:00"))
    assert due(made, SETTINGS, ZONE, at(21, "09:15")) == "backup"


def test_what_a_wrong_clock_left_in_the_future_counts_as_never() -> None:
    ahead = BackupStatus(backup_us=at(20, "12:00") + 3650 * DAY_US, drill_us=at(20, "04:00"))
    assert due(ahead, SETTINGS, ZONE, at(20, "12:00")) == "backup"


def test_nothing_is_due_where_nothing_is_wanted() -> None:
    assert due(BackupStatus(), Backup(archive_after_days=0), ZONE, at(20, "12:00")) is None
    assert due(BackupStatus(), Backup(archive_after_days=400), ZONE, at(20, "12:00")) == "archive"


def test_the_turn_is_by_the_clock_on_the_wall() -> None:
    assert last_turn_us("03:30", ZONE, at(20, "03:29")) == at(19, "03:30")
    assert last_turn_us("03:30", ZONE, at(20, "03:30")) == at(20, "03:30")


def test_a_shop_without_a_backup_is_told_in_the_end() -> None:
    new = BackupStatus(began_us=at(1, "12:00"))
    assert [overdue_days(new, at(day, "12:00")) for day in (1, 3, 4, 9)] == [0, 0, 3, 8]
    assert overdue_days(BackupStatus(began_us=at(1, "12:00"), backup_us=at(8, "12:00")), at(9, "12:00")) == 0


def test_which_backups_stay() -> None:
    newest = date(2026, 11, 20)
    daily = [newest - timedelta(days=days) for days in range(60)]
    stays = backups_to_keep(daily, daily=7, weekly=4)
    assert set(range(7)) <= stays
    assert len(stays) == 7 + 2, "the other two weeks began with one of these seven"
    assert backups_to_keep(daily[:3] * 2, 7, 4) == {0, 1, 2}, "one of each day"


def test_a_clock_that_jumps_takes_no_backup_away() -> None:
    days = [date(2036, 1, 1), date(2026, 11, 20), date(2026, 11, 19)]
    assert backups_to_keep(days, daily=7, weekly=5) == {0, 1, 2}
    assert backups_to_keep([date(1970, 1, 1), *days], daily=1, weekly=1) == {0}
    assert backups_to_keep([], 7, 5) == set()


def test_a_usb_disk_is_known_by_its_label(tmp_path: Path) -> None:
    disk, other = tmp_path / "sdb1", tmp_path / "sda1"
    disk.touch(), other.touch()
    labels, mounts = tmp_path / "by-label", tmp_path / "mounts"
    labels.mkdir()
    mounts.write_text(f"proc /proc proc rw 0 0\n{other} / ext4 rw 0 0\n")
    with pytest.raises(PlaceFault, match="isn't plugged in") as caught:
        destinations.find("edge", "SHOP BACKUP", labels, mounts)
    assert caught.value.key == "backup.no_disk"
    (labels / "SHOP\\x20BACKUP").symlink_to(disk)
    with pytest.raises(PlaceFault, match="not mounted") as caught:
        destinations.find("edge", "SHOP BACKUP", labels, mounts)
    assert caught.value.key == "backup.not_mounted"
    mounts.write_text(mounts.read_text() + f"{disk} {tmp_path}/my\\040disk vfat rw 0 0\n")
    assert destinations.find("/edge", "SHOP BACKUP", labels, mounts) == tmp_path / "my disk" / "edge"
    assert destinations.find("/anywhere") == Path("/anywhere")
