// Only comfort: every page works without this file.
"use strict";
(() => {
  const d = document;
  d.documentElement.classList.add("scripted");

  // Three presses of Shift leave the page; the page is hidden before the other one comes.
  const exit = d.querySelector("[data-exit]");
  if (exit) {
    const leave = () => {
      d.body.hidden = true;
      d.title = "…";
      location.replace(exit.href);
    };
    let presses = 0, last = 0;
    exit.addEventListener("click", e => { e.preventDefault(); leave(); });
    d.addEventListener("keyup", e => {
      if (e.key !== "Shift") { presses = 0; return; }
      presses = e.timeStamp - last < 3000 ? presses + 1 : 1;
      last = e.timeStamp;
      if (presses === 3) leave();
    });
  }

  // A form is sent once. Coming back by the browser's button opens it again.
  d.addEventListener("submit", e => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 15000);
  });
  addEventListener("pageshow", () => {
    for (const form of d.forms) delete form.dataset.sent;
  });

  // Characters left. Read out only when writing rests.
  for (const area of d.querySelectorAll("textarea[data-count]")) {
    const note = d.getElementById(area.id + "-count");
    const max = Number(area.dataset.count);
    let wait;
    const show = () => {
      const left = max - [...area.value].length;
      const words = left < 0 ? note.dataset.over : note.dataset.left;
      note.textContent = words.replace("#", Math.abs(left).toLocaleString("en-NZ"));
      note.classList.toggle("over", left < 0);
    };
    area.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(show, 600); });
    if (area.value) show();
  }

  // "None of these" and the others exclude each other.
  d.addEventListener("change", e => {
    const box = e.target;
    if (box.type !== "checkbox" || !box.checked || !box.form) return;
    const apart = "apart" in box.dataset;
    for (const other of box.form.elements) {
      if (other !== box && other.type === "checkbox" && other.name === box.name && (apart || "apart" in other.dataset)) {
        other.checked = false;
      }
    }
  });
})();
