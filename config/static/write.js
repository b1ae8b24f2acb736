/* Keeps what is typed while it is typed. The page works without this file; with it
   every few seconds the form goes to the site, which answers with a version and
   the length by its own counter. What has not arrived waits in this browser, under
   its member's own key, and is offered again. */

/* Storage may be full, or closed. */
const safe = (use, otherwise) => { try { return use(); } catch { return otherwise; } };
const store = {
  read: (name) => safe(() => JSON.parse(localStorage.getItem(name))),
  write: (name, value) => safe(() => localStorage.setItem(name, JSON.stringify(value))),
  drop: (name) => safe(() => localStorage.removeItem(name)),
  names: () => safe(() => Object.keys(localStorage).filter((name) => name.startsWith("afterimage.text.")), []),
};

/* Beside two texts: the site has this window's, whichever is chosen now. What was typed after it
   was sent is another matter. */
for (const choice of document.querySelectorAll("[data-over]")) {
  choice.addEventListener(choice.matches("form") ? "submit" : "click", () => {
    store.names().filter((name) => name.endsWith(`.${choice.dataset.over}`) && store.read(name)?.sent).forEach(store.drop);
  });
}

const form = document.getElementById("write");
const body = document.getElementById("id_body");
if (form && body) {
const words = JSON.parse(document.getElementById("editor-words").textContent);
const mine = `afterimage.text.${form.dataset.member}.`;
const field = (name) => form.elements.namedItem(name);
const make = (tag, text, attributes = {}) => {
  const el = document.createElement(tag);
  el.textContent = text;
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  return el;
};
const PAUSE = 3000, LONGEST = 8000, RETRY = [5, 10, 20, 30];
let save = form.dataset.save, changed = 0, kept = 0, tried = 0, since = 0, failures = 0, renewals = 0;
let timer, running, stopped = false, leaving = false;

/* What is said */

const status = make("p", "", { id: "save-status", class: "small quiet", role: "status" });
const act = make("p", "", { id: "save-act", class: "cluster" });
form.querySelector("#progress").after(status, act);
const say = (text, ...buttons) => {
  if (status.textContent !== text) status.textContent = text;
  act.replaceChildren(...buttons);
};
const button = (text, press) => {
  const el = make("button", text, { type: "button", class: "btn btn-small" });
  el.addEventListener("click", press);
  return el;
};

/* The copy in this browser */

/* Two windows on one piece keep two copies: what one has sent says nothing of the other. */
const key = () => `${mine}${field("form_key").value}.${field("window").value}`;
const UNTYPED = /^(csrfmiddlewaretoken|window|view|draft|publish|picture-file|left)$/;
const typed = (from = form) => [...new FormData(from)].filter(([name, value]) => !UNTYPED.test(name) && typeof value === "string");
/* Fields that only a form sent whole brings to the site. */
const unsent = () => typed().some(([name, value]) => value && (name === "theme" || /^publish_(on|time)$/.test(name) || /^picture-(kept|title|creator_|source|alt|permission|proof|changes)/.test(name)) && value !== first[name]);
const first = Object.fromEntries(typed());
const copy = (sent = false) => store.write(key(), { piece: form.dataset.piece || "", fields: typed(), sent, at: Date.now() });
/* As the site stores it, but for spaces; a theme is one whether it was chosen or typed. */
const texts = (fields, what = /^(?!(version|copy|form_key|q|film|publish_on|publish_time)$)/) => {
  const said = fields.filter(([name, value]) => value && what.test(name)), isTheme = ([name]) => /^themes?$/.test(name);
  const themes = said.filter(isTheme).flatMap(([, value]) => value.split(/[,،、]/)).map((value) => value.trim()).filter(Boolean).sort();
  return JSON.stringify([themes, ...said.filter((row) => !isTheme(row)).map(([name, value]) => [name, value.trim().split(/\s+/)])]);
};
const WORDS = /^(title|lead|body|language)$/;
/* Whether a form that was sent is what the page `other` holds. That it was sent is no sign: the
   answer may have been an error, and another window may have made the newer version. */
const arrived = (found, other) => {
  const there = typed(other);
  const isNewer = found.fields.find(([name]) => name === "version")?.[1] !== other.elements.namedItem("version").value;
  return texts(found.fields) === texts(there) || (found.sent && (isNewer || !found.piece) && texts(found.fields, WORDS) === texts(there, WORDS));
};
const formAt = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("write");
  return answer.ok && page?.dataset.member ? page : null;
};

const take = (found) => {
  const map = new Map();
  for (const [name, value] of found.fields) map.set(name, [...(map.get(name) || []), value]);
  for (const el of form.elements) {
    if (!el.name || UNTYPED.test(el.name) || el.type === "file" || el.disabled || !el.form) continue;
    const values = map.get(el.name) || [];
    if (el.type === "checkbox" || el.type === "radio") el.checked = values.includes(el.value);
    else if (el.type !== "submit" && el.type !== "button" && map.has(el.name)) el.value = values[0];
  }
  for (const name of map.get("themes") || []) {
    if (![...form.elements].some((el) => el.name === "themes" && el.value === name)) field("theme").value += `${field("theme").value ? ", " : ""}${name}`;
  }
};
/* The piece that a new form made, if it was one of the last. */
const madeBy = (name) => form.dataset.arrived.split(" ").find((pair) => pair.startsWith(`${name.slice(mine.length).split(".")[0]}:`))?.split(":")[1];
const offered = async (name) => {
  const found = store.read(name);
  if (!found || Date.now() - found.at > 30 * 864e5 || !name.startsWith(mine)) return store.drop(name);
  if (found.piece !== (form.dataset.piece || "")) return;
  const made = found.sent && madeBy(name);
  const other = made ? await formAt(`${form.dataset.write}${made}/`).catch(() => null) : form;
  if (other && arrived(found, other)) return store.drop(name);
  const held = Object.fromEntries(found.fields);
  const offer = make("div", "", { class: "alert", role: "status" });
  const about = held.body || held.title || "";
  offer.append(make("p", `${words.found} “${about.slice(0, 80)}${about.length > 80 ? "…" : ""}”`));
  const row = make("p", "", { class: "cluster" });
  row.append(
    button(words.keep, () => { take(found); offer.remove(); if (name !== key()) store.drop(name); touched(); body.focus(); }),
    button(words.discard, () => { store.drop(name); offer.remove(); body.focus(); }),
  );
  offer.append(row);
  form.before(offer);
};
store.names().forEach(offered);

/* Saving */

const plan = (wait) => { clearTimeout(timer); timer = setTimeout(send, wait); };
const touched = () => {
  changed += 1;
  copy();
  since ||= Date.now();
  if (!stopped && !failures) plan(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
};
const later = (text, ...buttons) => {
  failures += 1;
  say(text, ...buttons);
  plan(1000 * RETRY[Math.min(failures, RETRY.length) - 1]);
};
const settle = (answer, at) => {
  failures = renewals = 0;
  kept = at;
  since = changed > at ? Date.now() : 0;
  if (answer.address) {
    const isNew = form.getAttribute("action") !== answer.address;
    save = answer.save;
    field("version").value = answer.version;
    field("copy").value = answer.copy;
    form.dataset.piece = answer.address.split("/")[2];
    if (isNew) {
      form.action = answer.address;
      history.replaceState(history.state, "", answer.address);
    }
    const count = make("p", "", { id: "word-count", class: "count" });
    count.append(make("strong", `${answer.count.size}.`, { class: "num" }), ` ${answer.count.rest}`);
    document.getElementById("progress").replaceChildren(count);
    const sources = document.getElementById("sources");
    const offered = new DOMParser().parseFromString(answer.sources, "text/html").getElementById("sources");
    if (sources.textContent !== (offered?.textContent ?? "")) sources.replaceChildren(...(offered?.childNodes ?? []));
    say(answer.said);
  }
  /* Only what the answer has a version of has arrived, and only if it is all there is. A new
     form without a word gets none. */
  const isWordless = !["title", "lead", "body"].some((name) => field(name).value.trim());
  if ((answer.version || isWordless) && changed === at && !unsent()) store.drop(key()); else copy();
};
/* A token is good for one sign-in: after another, the page's own is taken anew. One that is
   refused as well is no sooner tried again than a line that is cut. */
const renew = async () => {
  const page = await formAt(form.dataset.write);
  if (!page) {
    later(words.signedOut, make("a", words.signIn, { href: "/accounts/login/", target: "_blank", rel: "noopener", class: "btn btn-small" }));
  } else if (page.dataset.member !== form.dataset.member) {
    later(words.someoneElse);
  } else {
    field("csrfmiddlewaretoken").value = page.elements.namedItem("csrfmiddlewaretoken").value;
    if (renewals++) later(words.refused); else { failures = 0; plan(0); }
  }
};
const anew = () => {
  field("form_key").value = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
  field("version").value = 1;
  delete form.dataset.piece;
  save = `${form.dataset.write}save/`;
  form.action = form.dataset.write;
  say(words.gone);
  plan(0);
};
async function send() {
  if (running || stopped || leaving || changed === kept) return;
  running = true;
  const at = tried = changed, data = new FormData(form);
  for (const name of ["picture-file", "view"]) data.delete(name);
  try {
    const answer = await fetch(save, { method: "POST", body: new URLSearchParams([...data]), credentials: "same-origin", signal: AbortSignal.timeout?.(20000) });
    if (answer.redirected || answer.status === 401 || answer.status === 403) await renew();
    else if (answer.ok) settle(await answer.json(), at);
    else if (answer.status === 409) { stopped = true; say((await answer.json()).said, make("button", words.compare, { class: "btn btn-small", name: "view", value: "compare" })); }
    else if (answer.status === 404 && form.dataset.piece) { store.drop(key()); anew(); copy(); }
    else if (answer.status === 422) { since = failures = 0; say((await answer.json()).said); }
    else later(words.refused);
  } catch {
    later(words.offline);
  } finally {
    running = false;
    if (!stopped && !failures && changed > tried) plan(PAUSE);
  }
}
for (const kind of ["input", "change"]) form.addEventListener(kind, ({ target }) => { if (target.name && target.name !== "q") touched(); });
form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); if (changed) copy(true); });
addEventListener("pageshow", () => { leaving = false; });
for (const kind of ["online", "focus"]) addEventListener(kind, () => { if (failures) plan(0); });
document.addEventListener("visibilitychange", () => { if (document.hidden ? !failures : failures) plan(0); });
addEventListener("beforeunload", (event) => { if (!leaving && changed > kept) event.preventDefault(); });
if ("typed" in form.dataset) touched();

/* Marks. What the browser inserts itself, its own undo takes back. */

const put = (text, from, to) => {
  body.focus();
  body.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    body.setRangeText(text, from, to, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }
};
const around = (before, after) => {
  const { selectionStart: from, selectionEnd: to, value } = body;
  const chosen = value.slice(from, to), there = value.slice(from - before.length, from) === before && value.slice(to, to + after.length) === after;
  if (there && chosen) {
    put(chosen, from - before.length, to + after.length);
    body.setSelectionRange(from - before.length, to - before.length);
  } else {
    const inner = chosen || words.text;
    put(before + inner + after, from, to);
    body.setSelectionRange(from + before.length, from + before.length + inner.length);
  }
};
const link = () => {
  const { selectionStart: from, selectionEnd: to, value } = body;
  const chosen = value.slice(from, to), isAddress = /^https?:\/\/\S+$/.test(chosen);
  const label = isAddress ? words.text : chosen || words.text, address = isAddress ? chosen : "https://";
  put(`[${label}](${address})`, from, to);
  const start = isAddress ? from + 1 : from + label.length + 3;
  body.setSelectionRange(start, start + (isAddress ? label : address).length);
};
const footnote = () => {
  const used = [...body.value.matchAll(/\[\^(\d+)\]/g)].map((match) => Number(match[1]));
  const mark = `[^${Math.max(0, ...used) + 1}]`, at = body.selectionEnd;
  put(mark, at, at);
  put(`\n\n${mark}: `, body.value.length, body.value.length);
};
const MARKS = [
  ["bold", "KeyB", false, () => around("**", "**")],
  ["italic", "KeyI", false, () => around("*", "*")],
  ["link", "KeyK", false, link],
  ["spoiler", "Digit8", true, () => around(">!", "!<")],
  ["footnote", "Digit9", true, footnote],
];
const bar = make("div", "", { role: "toolbar", "aria-label": words.toolbar, "aria-controls": "id_body", class: "cluster mb-3" });
const mac = /Mac|iP/.test(navigator.platform);
for (const [name, code, shift, use] of MARKS) {
  const sign = code.replace(/Key|Digit/, "");
  const el = button(words[name], use);
  el.tabIndex = bar.children.length ? -1 : 0;
  el.setAttribute("aria-keyshortcuts", `${mac ? "Meta" : "Control"}+${shift ? "Shift+" : ""}${sign}`);
  el.title = `${mac ? "⌘" : "Ctrl"} ${shift ? (mac ? "⇧ " : "Shift ") : ""}${sign}`;
  bar.append(el);
}
bar.addEventListener("keydown", (event) => {
  const all = [...bar.children], at = all.indexOf(document.activeElement), last = all.length - 1;
  const next = { Home: 0, End: last, ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at ? at - 1 : last }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  all.forEach((el, number) => { el.tabIndex = number === next ? 0 : -1; });
  all[next].focus();
});
body.before(bar);

document.getElementById("hints-keys")?.removeAttribute("hidden");
body.addEventListener("keydown", (event) => {
  if (!(mac ? event.metaKey : event.ctrlKey) || event.altKey || event.isComposing) return;
  const found = MARKS.find(([, code, shift]) => shift === event.shiftKey && (shift ? event.code === code : (/^[a-z]$/i.test(event.key) ? event.key.toLowerCase() === code.at(-1).toLowerCase() : event.code === code)));
  if (found) { event.preventDefault(); found[3](); }
});
}
