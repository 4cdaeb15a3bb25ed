// The console: its pages, and the form that asks for the token.

import { whenRefused } from "./api.js";
import { startRouter } from "./router.js";
import { askForToken } from "./parts/token-form.js";
import { takeTokenFromAddress, token } from "./token.js";
import { openCall } from "./pages/call.js";
import { openCalls } from "./pages/calls.js";
import { openDeliveries } from "./pages/deliveries.js";
import { openOrders } from "./pages/orders.js";
import { openPhone } from "./pages/phone.js";

takeTokenFromAddress();
// A link with a token, opened in a tab where the console runs already.
addEventListener("hashchange", () => {
  if (!location.hash.startsWith("#token=")) return;
  takeTokenFromAddress();
  location.reload();
});

const ROUTES = [
  [/^\/$/, openPhone],
  [/^\/calls$/, openCalls],
  [/^\/calls\/([^/]+)$/, openCall],
  [/^\/orders$/, openOrders],
  [/^\/deliveries$/, openDeliveries],
];

/** Shows the page of the address, once there is a token; shows it again after a new one. */
let show = () => {
  show = startRouter(ROUTES);
};
const ask = () => askForToken(() => show());
whenRefused(ask);
if (token()) show();
else ask();
