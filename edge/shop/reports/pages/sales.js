// The manager's list of sales: a form and links.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
