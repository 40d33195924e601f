"""What the table of coverage adds up to."""

from tests.coverage_table import Reached, by_package, table


def test_files_are_added_up_by_package() -> None:
    files = {
        "edge/counter/till/rules/payment.py": Reached(100, 10),
        "edge/counter/till/handlers.py": Reached(100, 40),
        "edge/core/bus.py": Reached(50, 0),
        "sync/wire.py": Reached(),
        "edge/__main__.py": Reached(10, 10),
    }
    packages = by_package(files)
    assert packages == {
        "edge": Reached(10, 10),
        "edge/core": Reached(50, 0),
        "edge/counter/till": Reached(200, 50),
        "sync": Reached(),
    }
    assert [line.split()[-2] for line in table(packages).splitlines()[1:]] == ["0.0", "100.0", "75.0", "100.0", "76.9"]
