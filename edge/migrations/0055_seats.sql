-- Where a conversation goes on: the page that its person spoke at last ("": nobody said).
ALTER TABLE chat_session ADD COLUMN seat TEXT NOT NULL DEFAULT '';
