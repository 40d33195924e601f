"""What the table of coverage adds up to."""

from tests.coverage_table import Reached, by_package, shortfall, table


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


def test_what_is_below_the_least_names_where_most_is_lacking() -> None:
    packages = {"edge/core": Reached(100, 5), "edge/lib/tax": Reached(100, 20)}
    assert shortfall(packages, 87.5) == ""
    said = shortfall(packages, 90)
    assert "87.5 %" in said and said.index("edge/lib/tax (20") < said.index("edge/core (5")
