// The technical page: what is pushed is all it has.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
