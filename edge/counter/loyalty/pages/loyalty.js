// How members earn, what they get, how far they come: forms of master data.

import { serve } from "./entity_form.js";
import { listen } from "./push.js";

serve(document.querySelector("main"), () => `l${Date.now().toString(36)}`);
listen(() => {});
