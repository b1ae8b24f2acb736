/* Sends each file by itself as soon as it is chosen, dropped or pasted, and puts what the
   site answers into the list: the form of its record, or why it was not taken. The page
   works without this file, with several files in one form. */

const form = document.getElementById("uploads");
if (form) {
const words = JSON.parse(document.getElementById("upload-words").textContent);
const list = document.getElementById("rows");
const input = document.getElementById("id_files");
const ready = form.querySelector(".pager button");
const MOST = 20 * 1024 * 1024, NS = "http://www.w3.org/2000/svg";
const waiting = [];
let running = false, wanted = null, typed = false, leaving = false;

for (const el of form.querySelectorAll("[data-with-script]")) el.hidden = false;
for (const el of form.querySelectorAll("[data-without-script]")) el.hidden = true;

const make = (tag, text, attributes = {}) => {
  const el = document.createElement(tag);
  el.textContent = text;
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  return el;
};
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/* Rows */

/* Whoever comes back to the address finds them again. */
const keepPlace = () => {
  const address = new URL(location.href);
  address.searchParams.delete("row");
  for (const row of list.querySelectorAll("[data-row]")) address.searchParams.append("row", row.dataset.row);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
};
const count = () => {
  keepPlace();
  const here = list.querySelectorAll("[data-row]").length;
  const refused = list.querySelectorAll("[data-refused]").length;
  ready.hidden = !here;
  const parts = [[words.here, here], [words.coming, waiting.length], [words.notTaken, refused]];
  document.getElementById("uploads-status").textContent = parts.filter(([, many]) => many).map(([text, many]) => said(text, { count: many })).join(", ");
};
const bar = (name) => {
  const el = make("div", "", { role: "progressbar", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": 100 });
  const svg = document.createElementNS(NS, "svg");
  for (const [key, value] of Object.entries({ class: "strength", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(key, value);
  for (const [kind, width] of [["track", 100], ["yes", 0]]) {
    const rect = document.createElementNS(NS, "rect");
    for (const [key, value] of Object.entries({ class: kind, width, height: 10 })) rect.setAttribute(key, value);
    svg.append(rect);
  }
  el.append(svg);
  return el;
};
const begin = (file) => {
  const row = make("li", ""), inside = make("div", ""), head = make("h2", "");
  head.append(make("bdi", file.name));
  inside.append(head, make("p", words.waits, { class: "small quiet" }), bar(file.name));
  row.append(make("span", ""), inside);
  list.append(row);
  return row;
};
const dropButton = (row, name) => {
  const el = make("button", words.drop, { type: "button", class: "btn btn-small" });
  el.append(make("span", `: ${name}`, { class: "visually-hidden" }));
  el.addEventListener("click", () => { row.remove(); count(); input.focus(); });
  return el;
};
const fail = (row, file, reason, again) => {
  row.dataset.refused = "";
  const box = make("div", "", { class: "alert alert-danger", role: "alert" }), text = make("p", "");
  text.append(make("strong", words.refused), ` ${reason}`);
  box.append(text);
  const acts = make("p", "", { class: "cluster" });
  if (again) {
    const el = make("button", words.again, { type: "button", class: "btn btn-small" });
    el.addEventListener("click", () => { row.remove(); add([file]); });
    acts.append(el);
  }
  acts.append(dropButton(row, file.name));
  const inside = row.lastElementChild;
  inside.replaceChildren(inside.firstElementChild, box, acts);
};
const put = (row, html, file) => {
  const items = [...new DOMParser().parseFromString(`<ol>${html}</ol>`, "text/html").querySelectorAll("ol > li")];
  if (!items.length) return fail(row, file, words.lost, true);
  row.replaceWith(...items);
  for (const item of items) {
    if (!item.dataset.row) item.querySelector("button").replaceWith(dropButton(item, file.name));
  }
};

/* Sending, one after the other */

const next = () => {
  count();
  if (running) return;
  const task = waiting[0];
  if (!task) {
    if (wanted) { const by = wanted; wanted = null; form.requestSubmit(by); }
    return;
  }
  const { file, row } = task, data = new FormData(), request = new XMLHttpRequest(), start = Date.now();
  const text = row.querySelector("p"), progress = row.querySelector("[role=progressbar]");
  running = true;
  data.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  data.append("alone", "1");
  for (const el of list.querySelectorAll("input[name=row]")) data.append("row", el.value);
  data.append("files", file, file.name);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const share = loaded / total, left = Math.ceil((Date.now() - start) / 1000 * (1 - share) / share);
    progress.setAttribute("aria-valuenow", Math.round(100 * share));
    progress.querySelector(".yes").setAttribute("width", 100 * share);
    const sent = said(words.sent, { done: (loaded / 1e6).toFixed(1), all: (total / 1e6).toFixed(1) });
    text.textContent = share === 1 ? words.looked : left > 2 ? `${sent}, ${said(words.seconds, { seconds: left })}` : sent;
  });
  request.addEventListener("loadend", () => {
    const isRow = [200, 422, 429].includes(request.status) && request.responseText.includes("<li");
    if (isRow) put(row, request.responseText, file);
    else fail(row, file, words.lost, true);
    waiting.shift();
    running = false;
    next();
  });
  request.open("POST", form.action);
  request.send(data);
};
const add = (files) => {
  for (const file of files) {
    const row = begin(file);
    if (file.size > MOST) fail(row, file, words.large, false);
    else waiting.push({ file, row });
  }
  next();
};

input.addEventListener("change", () => { add([...input.files]); input.value = ""; });
addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  add([...event.dataTransfer.files]);
});
addEventListener("paste", (event) => {
  /* Programs for writing put a picture of the words beside the words. */
  if (!event.clipboardData.files.length || event.clipboardData.types.includes("text/plain")) return;
  event.preventDefault();
  add([...event.clipboardData.files]);
});
list.addEventListener("input", () => { typed = true; });
form.addEventListener("submit", (event) => {
  leaving = !waiting.length;
  if (leaving) return;
  event.preventDefault(); // what is on its way comes along
  wanted = event.submitter;
});
addEventListener("pageshow", () => { leaving = false; });
addEventListener("beforeunload", (event) => { if (waiting.length || (typed && !leaving)) event.preventDefault(); });
count();
}
