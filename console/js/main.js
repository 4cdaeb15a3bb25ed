// The console: its pages, and the form that asks for a token.

import { whenRefused } from "./api.js";
import { startRouter } from "./router.js";
import { askToSignIn } from "./parts/sign-in-form.js";
import { isSignedIn, signIn } from "./session.js";
import { takeTokenFromAddress } from "./token.js";
import { openCall } from "./pages/call.js";
import { openCalls } from "./pages/calls.js";
import { openCallbacks, openHandoffs, openPromises } from "./pages/desk.js";
import { openDeliveries } from "./pages/deliveries.js";
import { openFigures } from "./pages/figures.js";
import { openHandoff } from "./pages/handoff.js";
import { openOrders } from "./pages/orders.js";
import { openPhone } from "./pages/phone.js";

const ROUTES = [
  [/^\/$/, openPhone],
  [/^\/calls$/, openCalls],
  [/^\/calls\/([^/]+)$/, openCall],
  [/^\/handoffs$/, openHandoffs],
  [/^\/handoffs\/([^/]+)$/, openHandoff],
  [/^\/callbacks$/, openCallbacks],
  [/^\/promises$/, openPromises],
  [/^\/orders$/, openOrders],
  [/^\/deliveries$/, openDeliveries],
  [/^\/figures$/, openFigures],
];

// A link with a token, opened in a tab where the console runs already.
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#token=")) location.reload();
});

/** Shows the page of the address, once somebody is signed in; shows it again after a new sign-in. */
let show = () => {
  show = startRouter(ROUTES);
  whenRefused(() => askToSignIn({ title: "Your session has ended", then: () => show() }));
};

async function start() {
  const token = takeTokenFromAddress();
  try {
    if (token) await signIn(token);
    else if (!(await isSignedIn())) return askToSignIn({ then: () => show() });
    show();
  } catch (error) {
    askToSignIn({ title: error.status === 401 ? "This token was refused" : "Sign in", then: () => show() });
  }
}

start();
