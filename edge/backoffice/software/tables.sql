-- Strict projection of SoftwareAsked and SoftwareMoved: releases that head office asked for, and how each stands.
CREATE TABLE software_update (
    directive INTEGER PRIMARY KEY,
    release   TEXT NOT NULL,
    digest    TEXT NOT NULL,
    step      TEXT NOT NULL
        CHECK (step IN ('asked', 'fetched', 'rehearsed', 'swapping', 'healthy', 'went_back', 'stuck', 'refused')),
    reason    TEXT NOT NULL DEFAULT '',
    asked_us  INTEGER NOT NULL,
    moved_us  INTEGER NOT NULL
) STRICT;
