"""No function takes ten screens to read. How long a file is, its writer judges: it ends where the thought does."""

from tests.tidy.tree import files, functions

FUNCTION_LINES = 120


def test_a_function_fits_on_a_few_screens() -> None:
    long = {name: lines for path in files(".py") for name, lines in functions(path) if lines > FUNCTION_LINES}
    assert not long, f"over {FUNCTION_LINES} lines: take these apart"
