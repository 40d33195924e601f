-- Strict projection of SavedViewSet and SavedViewEnded: lists under a name; `body` is JSON, view.SavedView.
CREATE TABLE saved_view (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
