// A token in the address: taken out at once, shown to the server for a session, and kept nowhere.

/** Takes `#token=…` out of the address, so that it is neither bookmarked nor shared. Null if there is none. */
export function takeTokenFromAddress() {
  const match = location.hash.match(/^#token=([^&]*)/);
  if (!match) return null;
  history.replaceState(null, "", location.pathname + location.search + "#/");
  return decodeURIComponent(match[1]);
}
