// All accounts: open a new one, send reminders to everyone. `receivable.js` does the rest, as on an account's own page.

import "./receivable.js";
