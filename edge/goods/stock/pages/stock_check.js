// What of the stock is not as it should be: a list to read.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
