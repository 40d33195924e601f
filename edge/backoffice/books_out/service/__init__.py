"""Sends the books that go out: the capability's hands outside of the shop."""
