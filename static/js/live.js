// Rows move while the board is looked at. Without this the page is whole as it came.
// A stream brings each new state; where streams do not come through, the page asks now and then.
const ASK_EVERY_MS = 5000;
const PIN_EVERY_MS = 15000;
const MOVE_MS = 500;
const CHOICE = "live-boards";
const still = matchMedia("(prefers-reduced-motion: reduce)");

let open = null; // what to call to stop

export function startLive() {
  start();
  document.addEventListener("htmx:afterSettle", start);
  document.addEventListener("visibilitychange", start);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-live-switch]");
    if (!button) return;
    localStorage.setItem(CHOICE, isWanted() ? "off" : "on");
    start();
  });
}

function isWanted() {
  return localStorage.getItem(CHOICE) !== "off";
}

function start() {
  const board = document.querySelector("[data-live]");
  open?.stop();
  open = null;
  if (!board || !window.EventSource) return;
  const button = board.querySelector("[data-live-switch]");
  if (button) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isWanted()));
  }
  if (isWanted() && document.visibilityState === "visible") open = follow(board);
}

function follow(board) {
  let timer = 0;
  let etag = "";
  const source = new EventSource(board.dataset.live);
  const ask = async () => {
    try {
      const address = new URL(board.dataset.live, location.href);
      address.searchParams.set("once", "1");
      const answer = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {} });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        show(board, await answer.json());
      }
    } catch {
      // The network is away: the next question may find it again.
    }
  };
  source.addEventListener("board", (event) => show(board, JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED && !timer) timer = setInterval(ask, ASK_EVERY_MS);
  });
  return {
    stop() {
      source.close();
      clearInterval(timer);
    },
  };
}

function show(board, parts) {
  const figures = document.querySelector("#figures");
  if (figures && parts.figures) figures.replaceWith(parsed(parts.figures, "#figures"));
  for (const name of ["podium", "rows"]) {
    const old = board.querySelector(`[data-moving="${name}"]`);
    const fresh = parsed(parts[name], `[data-moving="${name}"]`);
    if (old && fresh) move(old, fresh, board.dataset.own);
  }
  board.dispatchEvent(new CustomEvent("live:shown", { bubbles: true }));
  pin(board);
}

// The element that some HTML of ours holds; rows need a table around them to be read.
function parsed(html, wanted) {
  const inside = html.startsWith("<tbody") ? `<table>${html}</table>` : html;
  return new DOMParser().parseFromString(inside, "text/html").querySelector(wanted);
}

// Takes the new children in place of the old ones, keeping those that did not change, the focus,
// and showing where each came from.
function move(old, fresh, own) {
  const known = new Map([...old.children].map((row) => [row.dataset.person, row]));
  const places = new Map([...known].map(([person, row]) => [person, row.getBoundingClientRect()]));
  const focus = focusIn(old);
  const rows = [...fresh.children].map((row) => {
    if (own && row.dataset.person === own) markOwn(row);
    const before = known.get(row.dataset.person);
    return before?.isEqualNode(row) ? before : row;
  });
  if (rows.length === old.children.length && rows.every((row, n) => row === old.children[n])) return;
  old.replaceChildren(...rows);
  focus?.();
  if (still.matches) return;
  for (const row of rows) {
    const from = places.get(row.dataset.person);
    const to = row.getBoundingClientRect();
    const far = from ? `translate(${from.left - to.left}px, ${from.top - to.top}px)` : "none";
    const moves = from && (from.top !== to.top || from.left !== to.left);
    if (moves) row.animate({ transform: [far, "none"] }, { duration: MOVE_MS, easing: "ease-out" });
    else if (!from) row.animate({ opacity: [0, 1] }, MOVE_MS);
    if (known.get(row.dataset.person) !== row) {
      row.classList.add("has-changed");
      row.addEventListener("animationend", () => row.classList.remove("has-changed"));
    }
  }
}

function markOwn(row) {
  row.classList.add("is-own");
  if (row.localName === "tr") row.id = "own-row";
  const name = row.querySelector(".person__name");
  if (!name) return;
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = "(you)";
  name.append(words);
}

function focusIn(old) {
  const focused = document.activeElement;
  const row = focused?.closest("[data-person]");
  if (!row || !old.contains(row)) return null;
  const place = [...row.querySelectorAll("a, button")].indexOf(focused);
  return () => {
    const now = [...old.children].find((each) => each.dataset.person === row.dataset.person);
    now?.querySelectorAll("a, button")[place]?.focus({ preventScroll: true });
  };
}

// Your own row from another page of the board is not in the stream, which is the same for all.
let pinnedAt = 0;

async function pin(board) {
  const foot = board.querySelector("tfoot");
  if (!foot || performance.now() - pinnedAt < PIN_EVERY_MS) return;
  pinnedAt = performance.now();
  const answer = await fetch(location.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = parsed(await answer.text(), "tfoot");
  if (fresh && foot.isConnected) foot.replaceWith(fresh);
}
