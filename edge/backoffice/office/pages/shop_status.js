// The owner's status page: its content comes by itself.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
