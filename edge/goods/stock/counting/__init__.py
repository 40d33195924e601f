"""Stock counts: on the page, in bulk from files, and made offline."""
