"""A PIN entered at a till allows the one command it was asked for, once, for that basket."""

from edge.foundation.access.approvals import APPROVAL_US, APPROVALS_LIMIT, Approvals


def test_an_approval_is_for_its_command_its_till_and_its_time() -> None:
    approvals = Approvals()
    token = approvals.give("1", "VoidLastSale", "u2", "hash", 0).token
    assert approvals.find_approval(token, "1", "VoidLastSale", APPROVAL_US - 1)
    assert not approvals.find_approval(token, "1", "VoidLastSale", APPROVAL_US)
    assert not approvals.find_approval(token, "2", "VoidLastSale", 1)
    assert not approvals.find_approval(token, "1", "SetUser", 1)
    for nonsense in ("", "x", token[:-1], "קוד", "\udcff"):
        assert not approvals.find_approval(nonsense, "1", "VoidLastSale", 1)


def test_it_is_used_once_and_the_same_command_may_be_sent_again() -> None:
    approvals = Approvals()
    token = approvals.give("1", "VoidLastSale", "u2", "hash", 0).token
    approvals.mark_used(token, b"one")
    assert approvals.find_approval(token, "1", "VoidLastSale", 1, b"one")
    assert not approvals.find_approval(token, "1", "VoidLastSale", 1, b"another")
    assert not approvals.find_approval(token, "1", "VoidLastSale", 1)


def test_it_ends_with_the_basket() -> None:
    approvals = Approvals()
    here, there = (approvals.give(register, "OverridePrice", "u2", "hash", 0).token for register in ("1", "2"))
    approvals.end_at("1")
    assert not approvals.find_approval(here, "1", "OverridePrice", 1)
    assert approvals.find_approval(there, "2", "OverridePrice", 1)


def test_so_many_and_no_more() -> None:
    approvals = Approvals()
    tokens = [approvals.give("1", "X", "u1", "hash", 0).token for _ in range(APPROVALS_LIMIT + 1)]
    assert len(set(tokens)) == APPROVALS_LIMIT + 1
    assert [approvals.find_approval(token, "1", "X", 1) is not None for token in tokens[:2]] == [False, True]
