/* Keys and live preview for staff. Everything here is a short way to something
   that is on the page already; without this file nothing is missing.
   data-key="x"   pressed by the key x: a link or button is clicked, a radio chosen, a field focused
   data-row       a row that J and K walk through; data-row-link opens it
   data-of="x"    shows what the field named x holds */

const editable = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const dialog = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
let on = true;
try { on = localStorage.getItem("afterimage.keys") !== "off"; } catch { /* storage closed: keys stay on */ }
if (toggle) {
  toggle.checked = on;
  toggle.addEventListener("change", () => {
    on = toggle.checked;
    try { localStorage.setItem("afterimage.keys", on ? "on" : "off"); } catch { /* for this page only */ }
  });
}
document.documentElement.classList.toggle("no-keys", !on);
all("[data-keys-open]").forEach((el) => el.addEventListener("click", () => dialog?.showModal()));

const use = (el) => {
  if (el.matches("[type=radio]")) { el.checked = true; el.focus(); el.dispatchEvent(new Event("input", { bubbles: true })); }
  else if (el.matches(editable)) el.focus();
  else el.click();
};
const walk = (step) => {
  const rows = all("[data-row]");
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  row?.querySelector("[data-row-link]")?.focus();
  row?.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (key === "Escape") all("details.pick[open]").forEach((el) => { el.open = false; el.querySelector("summary").focus(); });
  if ((event.ctrlKey || event.metaKey) && key === "Enter") { target.closest("form")?.querySelector("[data-submit]")?.click(); return; }
  if (!on || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open || target.closest(editable)) return;
  const letter = key.toLowerCase();
  const found = document.querySelector(`[data-key="${CSS.escape(letter)}"]`);
  if (key === "?") dialog?.showModal();
  else if (key === "/") document.querySelector("#searchbar")?.focus();
  else if (letter === "q" && document.getElementById("id_passage")) {
    const words = String(getSelection()).trim();
    const field = document.getElementById("id_passage");
    if (words) { field.value = words; field.dispatchEvent(new Event("input", { bubbles: true })); } else field.focus();
  }
  else if (found) use(found);
  else if (letter === "j" || letter === "k") walk(letter === "j" ? 1 : -1);
  else return;
  event.preventDefault();
});

// one drop-down at a time, and none after a click elsewhere
document.addEventListener("click", (event) => all("details.pick[open]").forEach((el) => { if (!el.contains(event.target)) el.open = false; }));

// the statement follows the form
const show = (name, value) => all(`[data-of="${name}"]`).forEach((el) => { el.textContent = value || "…"; });
document.addEventListener("input", ({ target }) => {
  if (!document.getElementById("statement")?.closest("form")?.contains(target)) return;
  show(target.name, target.value && (target.selectedOptions?.[0].textContent ?? target.value));
});
document.querySelector(".error-summary")?.focus();

// select2 leaves an empty choice without a name; lend it the field's label, whenever it draws one
const lend = () => all("select.admin-autocomplete").forEach((el) => {
  const name = el.labels?.[0]?.textContent.trim() || el.getAttribute("aria-label");
  const box = el.nextElementSibling;
  if (name && box) all(".select2-selection__rendered, .select2-search__field", box).forEach((part) => part.setAttribute("aria-label", `${name}: ${part.title || "–"}`));
});
new MutationObserver(lend).observe(document.body, { childList: true, subtree: true });
lend();
