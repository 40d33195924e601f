// The manager's list of shifts.

import "./dialogs.js";
import { listen } from "./push.js";

listen(() => {});
