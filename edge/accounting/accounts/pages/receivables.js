// All accounts: a new one, and everybody reminded at once. What one account has beside, `receivable.js` knows.

import "./receivable.js";
