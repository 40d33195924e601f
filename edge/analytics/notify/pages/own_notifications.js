// A user's own notification settings: the manager's form, sent as the signed-in user.

import "./notifications.js";
