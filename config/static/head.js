/* Sends the picture for the head of a piece by itself, as soon as it is chosen, dropped or pasted,
   and says what came of it beside the field. Without this file, or where that fails, it goes with
   the form. */

const form = document.getElementById("write");
const input = document.getElementById("id_picture-file");
if (form && input) {
const words = JSON.parse(document.getElementById("upload-words").textContent);
const place = document.getElementById("head-file");
const kept = form.elements.namedItem("picture-kept"), name = form.elements.namedItem("picture-file_name");
const MOST = 20 * 1024 * 1024;
const filled = new Map(); // what the file said of itself, by field
let request = null, wanted = null;

for (const el of form.querySelectorAll("[data-with-script]")) el.hidden = false;

const make = (tag, text, attributes = {}) => {
  const el = document.createElement(tag);
  el.textContent = text;
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  return el;
};
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const change = (field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

/* What came of it */

const empty = () => {
  for (const [field, value] of filled) if (field.value === value) change(field, "");
  filled.clear();
};
const dropButton = () => {
  const el = make("button", words.off, { type: "button", class: "btn btn-small" });
  el.addEventListener("click", () => { change(kept, ""); name.value = ""; empty(); place.replaceChildren(); input.focus(); });
  return el;
};
const refuse = (file, reason) => {
  const box = make("div", "", { class: "alert alert-danger", role: "alert" }), text = make("p", "");
  text.append(make("strong", words.refused), " ", make("bdi", file.name), `: ${reason}`);
  box.append(text);
  place.replaceChildren(box);
  input.value = "";
  input.focus();
};
const take = (file, { key, preview, width, height, fields }) => {
  const image = make("img", "", { class: "mb-3", src: preview, width: 160, height: Math.round(160 * height / width), alt: "" });
  const text = make("p", "", { class: "kept" });
  text.append(make("strong", words.kept), " ", make("bdi", file.name));
  place.replaceChildren(image, text, dropButton());
  input.value = "";
  empty(); // nor is it said of another file
  for (const [what, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(`picture-${what}`);
    if (!value || !field || field.value) continue;
    change(field, value);
    filled.set(field, field.value);
  }
  name.value = file.name.slice(0, 200);
  change(kept, key);
};

/* On its way */

const stop = () => {
  const other = request;
  request = null;
  other?.abort();
};
const arrived = (file, { status, responseText }) => {
  let answer = {};
  try { answer = JSON.parse(responseText); } catch { /* a page, of a member who is signed out */ }
  const by = wanted;
  request = wanted = null;
  if (status === 200 && answer.key) take(file, answer);
  else if (answer.said) return refuse(file, answer.said);
  else place.replaceChildren(make("p", words.along));
  if (by) form.requestSubmit(by);
};
const send = (file) => {
  stop();
  if (file.size > MOST) return refuse(file, words.large);
  const data = new FormData(), mine = request = new XMLHttpRequest();
  const text = make("p", words.waits, { class: "small quiet", "aria-live": "off" }); // each step is no news
  const bar = make("progress", "", { max: 1, value: 0, "aria-label": file.name });
  place.replaceChildren(text, bar);
  data.append("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  data.append("picture-file", file, file.name);
  mine.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    text.textContent = loaded === total ? words.looked : said(words.sent, { done: (loaded / 1e6).toFixed(1), all: (total / 1e6).toFixed(1) });
  });
  mine.addEventListener("loadend", () => { if (request === mine) arrived(file, mine); });
  mine.open("POST", place.dataset.action);
  mine.send(data);
};

input.addEventListener("change", () => { if (input.files.length) send(input.files[0]); else { stop(); place.replaceChildren(); } });
/* Before write.js takes it for sent. */
document.addEventListener("submit", (event) => {
  if (event.target !== form || !request) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wanted = event.submitter;
}, true);

/* Dropped or pasted, instead of a page that is left for it */

const bring = (event, files) => {
  if (!files.length) return;
  event.preventDefault();
  const first = new DataTransfer();
  first.items.add(files[0]);
  input.files = first.files;
  input.focus();
  send(files[0]);
};
addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
addEventListener("drop", (event) => bring(event, event.dataTransfer.files));
/* Programs for writing put a picture of the words beside the words. */
addEventListener("paste", (event) => { if (!event.clipboardData.types.includes("text/plain")) bring(event, event.clipboardData.files); });
if (kept.value) place.append(dropButton());
}
