// What a key figure is made up of: links only.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
