// One stream of the centre for all tabs of this browser: a browser opens at most six connections to one
// host, so a stream for each tab would leave the seventh tab blank.

import { Feed } from "./feed.js";

const ports = new Set();
const newcomers = new Set(); // tabs that joined while the link was down and have yet to read the state
const tell = (message) => ports.forEach((port) => port.postMessage(message));

const feed = new Feed("/api/v1/events", {
  event: (event) => tell({ kind: "event", event }),
  reset: () => {
    newcomers.clear();
    tell({ kind: "reset" });
  },
  link: (link) => {
    tell({ kind: "link", link });
    if (link !== "live") return;
    newcomers.forEach((port) => port.postMessage({ kind: "reset" }));
    newcomers.clear();
  },
});

globalThis.addEventListener("connect", (connection) => {
  const port = connection.ports[0];
  port.addEventListener("message", ({ data: kind }) => {
    if (kind === "join") {
      ports.add(port);
      if (feed.running && feed.link === "live") {
        port.postMessage({ kind: "link", link: "live" });
        port.postMessage({ kind: "reset" });
      } else if (!feed.running) {
        feed.forget();
        feed.start();
      } else {
        newcomers.add(port);
        if (feed.link) port.postMessage({ kind: "link", link: feed.link });
        feed.hurry();
      }
    } else if (kind === "leave") {
      ports.delete(port);
      newcomers.delete(port);
    } else if (kind === "signed-in") {
      feed.stop();
      feed.forget();
      setTimeout(() => feed.start());
    } else if (kind === "signed-out") {
      feed.stop();
      tell({ kind: "link", link: "refused" });
    } else if (kind === "hurry") {
      feed.hurry();
    }
  });
  port.start();
});
