// Keeps the board up to date: a live stream says when it has changed, without one we ask every two seconds.
// Only the parts that really changed are replaced, so that focus, scrolling and a number being copied stay where they are.
"use strict";
(() => {
  const ASK_MS = 2000, STREAM_LATER_MS = 30000, SILENCE_MS = 40000, GIVE_UP_MS = 8000, QUIET_MS = 5000;
  const board = document.getElementById("board");
  const lost = document.getElementById("lost");
  const news = document.getElementById("news");

  // ---- time: the office's clock, counted on from the moment the server wrote the board

  let office, officeAt;
  const readClock = () => {
    office = document.getElementById("moment").dataset;
    officeAt = performance.now();
  };
  const now = () => Number(office.now) + (performance.now() - officeAt) / 1000 * Number(office.speed);
  const two = (n) => String(n).padStart(2, "0");
  const elapsed = (seconds) => {
    const s = Math.max(0, Math.floor(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const clock = () => new Date((now() + Number(office.zone)) * 1000).toISOString().slice(11, 16);
  const tick = () => {
    for (const element of board.querySelectorAll("[data-since]")) write(element, elapsed(now() - Number(element.dataset.since)));
    for (const element of board.querySelectorAll("[data-until]")) write(element, elapsed(Number(element.dataset.until) - now()));
    for (const element of board.querySelectorAll("[data-clock]")) write(element, clock());
  };

  // ---- what changed

  const shape = (part) => {
    const copy = part.cloneNode(true);
    for (const element of copy.querySelectorAll("[data-since], [data-until], [data-clock]")) element.textContent = "";
    return copy.outerHTML;
  };
  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const focused = document.activeElement && document.activeElement.id;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.getElementById(part.id);
      if (shape(old) !== shape(part)) old.replaceWith(document.adoptNode(part));
    }
    document.getElementById("moment").replaceWith(document.adoptNode(fresh.getElementById("moment")));
    readClock();
    tick();
    const again = focused && document.getElementById(focused);
    if (again && again !== document.activeElement) again.focus({ preventScroll: true });
    document.title = office.title;
    announce();
  };

  // Told to who listens to the page: only what matters, only when it is new, never more than once in a few seconds.
  let announced = board.querySelector("#moment").dataset.news, announcing = 0;
  const announce = () => {
    if (office.news === announced) return;
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      announced = office.news;
      news.textContent = announced;
    }, QUIET_MS);
  };

  // ---- fetching

  let etag = "", busy = false, again = false, failures = 0;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(board.dataset.board, {
        cache: "no-store", headers: etag ? { "If-None-Match": etag } : {}, signal: AbortSignal.timeout(GIVE_UP_MS),
      });
      if (answer.status === 200) {
        show(await answer.text());
        etag = answer.headers.get("ETag") || "";
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      failures = 0;
      lost.hidden = true;
      board.classList.remove("stale");
    } catch {
      failures += 1;
      if (failures > 1 && lost.hidden) {
        lost.textContent = `The box does not answer. This is how it was at ${clock()}. Trying again…`;
        lost.hidden = false;
        board.classList.add("stale");
      }
    }
    busy = false;
    if (again) { again = false; refresh(); }
  };

  // ---- stream, or asking

  let stream = null, asking = 0, heardAt = 0;
  const ask = () => { if (!asking) asking = setInterval(refresh, ASK_MS); };
  const listen = () => {
    if (stream) stream.close();
    heardAt = performance.now();
    stream = new EventSource(board.dataset.events);
    stream.onmessage = () => {
      heardAt = performance.now();
      clearInterval(asking);
      asking = 0;
      refresh();
    };
    stream.onerror = () => {
      ask();  // until the stream is back
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, STREAM_LATER_MS);
    };
  };
  setInterval(() => {
    if (stream.readyState === EventSource.OPEN && performance.now() - heardAt > SILENCE_MS) {
      ask();
      listen();
    }
  }, ASK_MS);

  readClock();
  setInterval(tick, 1000);
  // A page that comes back from the background is old: look at once.
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  listen();
})();
