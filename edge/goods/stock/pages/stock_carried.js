// Transfers with Undo: the same batches are carried back, as long as they are still there.

import { sendGranted } from "./grants.js";
import { command, toast } from "./toast.js";

// Transfers goods, or (`aside`) moves them to quarantine. Returns the answer.
export async function carry(body, aside = false) {
  const answer = await sendGranted(aside ? "SetAside" : "TransferStock", body);
  const back = answer?.status === 200 ? carriedBack(answer.body.done.events) : [];
  if (back.length) toast("done", back);
  return answer;
}

// A transfer's movements come in pairs: out of a place first, then into another, in the same order.
function carriedBack(events) {
  const moves = events.filter(({ type, reason }) => type === "StockMoved" && reason === "transferred").flatMap((one) => one.moves);
  const out = moves.slice(0, moves.length / 2);
  return moves.slice(out.length).map(([sku, quantity, , , , from_location, lot, expiry], at) =>
    command("TransferStock", { from_location, to_location: out[at][5], lines: [{ sku, quantity, lot }], expiry }));
}
