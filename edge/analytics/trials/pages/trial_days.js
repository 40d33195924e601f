// The days of a trial: links only.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
