// Stock problems: a read-only list.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
