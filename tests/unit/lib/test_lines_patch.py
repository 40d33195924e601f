"""What of a long basket a page is sent: the lines that it does not have."""

from __future__ import annotations

from edge.counter.till.pages.lines_patch import FEWEST, MOST, patch


def basket(*lines: tuple[int, str], tail: str = "", revision: int = 1) -> str:
    rows = "".join(f'<li class="line" role="option" data-line="{id}">{text}</li>\n' for id, text in lines)
    return (
        f'<section id="lines" data-count="{len(lines)}" data-revision="{revision}">\n<ol>\n{rows}{tail}</ol></section>'
    )


LONG = tuple((n, f"goods {n}") for n in range(1, FEWEST + 9))


def test_one_more_line_is_sent_alone() -> None:
    after = basket(*LONG, (99, "one more"), revision=2)
    piece = patch(basket(*LONG), after)
    assert piece.startswith('<div id="lines-patch" hx-swap-oob="true" hidden data-count=')
    assert piece.count("<li") == 1
    assert "one more" in piece
    assert f'data-count="{len(LONG) + 1}" data-revision="2"' in piece


def test_a_line_that_changed_is_sent_and_the_others_are_not() -> None:
    changed = tuple((id, "twice" if id == 5 else text) for id, text in LONG)
    piece = patch(basket(*LONG), basket(*changed, revision=2))
    assert (piece.count("<li"), "twice" in piece) == (1, True)


def test_all_is_sent_where_more_changed_than_lines() -> None:
    short = LONG[: FEWEST - 2]
    for before, after in (
        (basket(*short), basket(*short, (99, "one more"))),
        (basket(*LONG), basket(*LONG[1:])),
        (basket(*LONG), basket(LONG[1], LONG[0], *LONG[2:])),
        (basket(*LONG), basket(*LONG, (99, "x"), tail='<li class="line goes-back">an exchange</li>')),
        (basket(*LONG), basket(*((id, "dearer") for id, _ in LONG))),
        (basket(*LONG), basket(*LONG, *((n, "x") for n in range(200, 201 + MOST)))),
        ("<section></section>", basket(*LONG)),
    ):
        assert patch(before, after) == after
