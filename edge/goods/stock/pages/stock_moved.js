// The server only says that stock has moved; pages showing it then reload what they need.

const seq = () => document.getElementById("stock_now")?.dataset.seq;

// A handler for `listen` in push.js that calls `again` after each stock movement.
export function whenMoved(again) {
  let seen = seq();
  return () => {
    if (seq() === seen) return;
    seen = seq();
    again();
  };
}
