// Shows the shop's question (a refusal with an `answer`) and sends the confirmed answer along with the
// same request: a yes covers only the question shown, and the next question is asked as well. See edge/core/asking.py.

import { meant } from "./dialogs.js";
import { messageOf, send } from "./outbox.js";

// The answer to a command; null if the user said no.
export const sendSure = (name, body = {}, grant = null) =>
  asked((answers) => send(name, answers.length ? { ...body, answers } : body, grant));

// The same for any request that takes `answers`.
export async function asked(request, answers = []) {
  const got = await request(answers);
  const question = got?.body.refused?.answer;
  if (!question) return got;
  return (await meant(messageOf(got))) ? asked(request, [...answers, question]) : null;
}

// What a dialog's `act` returns: null closes it; an error keeps it open with the user's input.
export const settled = (answer) => (answer?.status === 200 ? null : answer ? messageOf(answer) : "");
