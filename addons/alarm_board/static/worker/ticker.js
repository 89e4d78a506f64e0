// A clock that goes on at full pace while its tab is in the background, where browsers let
// the timers of the page itself wait for up to a minute.
setInterval(() => postMessage(null), 1000);
