// How one is told oneself: the form of the manager's page, sent as whoever is signed in here.

import "./notifications.js";
