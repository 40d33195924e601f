// The technical page: all its content is pushed.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
