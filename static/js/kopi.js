/* Small comforts. Every page works without this file. */
"use strict";

// Buttons that only make sense with JavaScript wear data-js and are hidden until now.
for (const element of document.querySelectorAll("[data-js]")) element.hidden = false;

// Text size and theme at once, without a reload; the links behind do the same on the server.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-look]");
  if (!link) return;
  event.preventDefault();
  const [name, value] = link.dataset.look.split("=");
  const root = document.documentElement;
  if (value) root.setAttribute(`data-${name}`, value);
  else root.removeAttribute(`data-${name}`);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  for (const other of document.querySelectorAll(`a[data-look^="${name}="]`)) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
});

// A summary of errors is read first.
document.querySelector("[data-errors]")?.focus();

// Two taps on "Save" are one save. The server keeps the same promise; this only spares the wait.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "1";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-do]");
  if (!button) return;
  if (button.dataset.do === "print") print();
  if (button.dataset.do === "close") button.closest("[data-closable]")?.remove();
  if (button.dataset.do === "copy" || button.dataset.do === "share") {
    const url = button.dataset.url || location.href;
    try {
      if (button.dataset.do === "share" && navigator.share) await navigator.share({ title: document.title, url });
      else await navigator.clipboard.writeText(url);
      if (button.dataset.done) button.querySelector("[data-word]").textContent = button.dataset.done;
    } catch {
      // The person closed the sheet, or the browser refused: the address is still in the bar.
    }
  }
});

// A photo chosen: say how many, and show the first.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file") return;
  const count = input.closest(".photo")?.querySelector("[data-count]");
  if (count) count.textContent = input.files.length || "";
});
