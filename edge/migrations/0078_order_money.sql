-- Money that was paid ahead for an order: by which row of the journal, and under which taxes; empty where that receipt
-- does not say it.
ALTER TABLE order_advance ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE order_advance ADD COLUMN tax TEXT NOT NULL DEFAULT '';

-- Of an exchange of goods that were invoiced to several names, each has a document of its own part.
ALTER TABLE invoice ADD COLUMN part TEXT NOT NULL DEFAULT '';
DROP INDEX invoice_paper;
CREATE UNIQUE INDEX invoice_paper ON invoice (register, paper, part) WHERE replaced_by = '';

-- Whether anything was sold by a paper, or it only took money that the shop owes.
ALTER TABLE paper ADD COLUMN sold INTEGER NOT NULL DEFAULT 1;
