-- The bodies of directives under way, out of their jobs' rows, which are read and written at each step.
CREATE TABLE directive_body (
    number INTEGER PRIMARY KEY,
    body   TEXT NOT NULL
) STRICT;
