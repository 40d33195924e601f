// The tables of the shop: forms of master data.

import { serve } from "./entity_form.js";
import { listen } from "./push.js";

serve(document.querySelector("main"), () => `t${Date.now().toString(36)}`);
listen(() => {});
