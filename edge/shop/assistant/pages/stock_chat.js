// The conversation about the stock, among the manager's pages.

import { begin, headers } from "./conversation.js";
import "./dialogs.js";
import { granted } from "./grants.js";
import { listen } from "./push.js";

begin((path, request) =>
  granted(async (Grant) => {
    try {
      const answer = await fetch(`/api/v1/${path}`, { ...request, headers: headers({ Surface: "panel", Grant }) });
      return { status: answer.status === 401 ? 403 : answer.status, body: await answer.json() };
    } catch {
      return { status: 0 };
    }
  }),
);

listen(() => {});
