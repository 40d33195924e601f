// What a key figure is made of: links alone.

import "./dialogs.js";
import "./grants.js";
import { listen } from "./push.js";

listen(() => {});
