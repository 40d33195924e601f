// The journal page: a form, links, and rows that open.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
