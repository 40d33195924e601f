-- When an alert became graver last: made anew from the journal.
ALTER TABLE alert ADD COLUMN worse_us INTEGER NOT NULL DEFAULT 0;
