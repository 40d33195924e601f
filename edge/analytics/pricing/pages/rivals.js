// What rivals ask: nothing is done here, only looked at.

import "./dialogs.js";
import { listen } from "./push.js";

listen(() => {});
