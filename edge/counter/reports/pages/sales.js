// The manager's list of sales: a filter form and links.

import "./amounts.js";
import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
