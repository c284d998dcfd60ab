// Keys for officers. Only comfort: every page works without this file, and everything that a key does has a link or a button.
"use strict";
(() => {
  const d = document;
  const main = d.getElementById("main");
  const keys = JSON.parse(d.body.dataset.keys || "[]");

  const shown = el => el.getClientRects().length > 0;
  const rows = () => [...main.querySelectorAll("[data-row]")].filter(shown);
  const at = all => all.findIndex(row => row.contains(d.activeElement));
  const link = row => row.querySelector("a[href]");
  const box = row => row.querySelector("input[type=checkbox]");
  const types = el => el && (el.isContentEditable || el.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=file])"));

  const step = by => {
    const all = rows();
    const from = at(all);
    const to = from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + by, 0), all.length - 1);
    const target = all[to] && link(all[to]);
    if (target) { target.focus(); all[to].scrollIntoView({ block: "nearest" }); }
  };
  const own = {
    next: () => step(1),
    previous: () => step(-1),
    open: () => { const all = rows(); const row = all[at(all)] || all[0]; if (row) link(row).click(); },
    pick: () => { const all = rows(); const row = all[at(all)]; if (row && box(row)) box(row).click(); },
    "pick-all": () => {
      const boxes = rows().map(box).filter(Boolean);
      const all = boxes.every(one => one.checked);
      for (const one of boxes) if (one.checked === all) one.click();
    },
  };

  // To a field, or press a button or link. What is folded away is unfolded first.
  const reach = el => {
    for (let fold = el.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (el.matches("a, button, summary")) el.click(); else el.focus();
    if (el.matches("input") && types(el)) el.select();
    el.scrollIntoView({ block: "nearest" });
  };
  const does = (name, where) => {
    if (own[name]) { own[name](); return true; }
    if (where.startsWith("/")) { location.assign(where); return true; }
    const el = [...main.querySelectorAll(where)].find(one => shown(one) || one.closest("details"));
    if (el) reach(el);
    return Boolean(el);
  };

  let typed = "", wait;
  d.addEventListener("keydown", e => {
    const here = d.activeElement;
    if (e.isComposing || e.defaultPrevented) return;
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && here && here.form && here.form.method === "post") {
      e.preventDefault();
      here.form.requestSubmit();
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape" && types(here)) { here.blur(); return; }
    if (types(here) || e.key.length !== 1) return;
    clearTimeout(wait);
    for (const word of [typed + e.key, e.key]) {
      const found = keys.find(([key]) => key === word);
      if (found) {
        typed = "";
        if (does(found[1], found[2])) e.preventDefault();
        return;
      }
      if (keys.some(([key]) => key.length > word.length && key.startsWith(word))) {
        typed = word;
        wait = setTimeout(() => { typed = ""; }, 1500);
        return;
      }
    }
    typed = "";
  });

  // Who else is here, asked again now and then for as long as somebody works on this page: a page that was left open asks
  // nothing, so that its session ends as it should.
  const present = main.querySelector("[data-present]");
  if (present) {
    let typedAt = -Infinity, activeAt = performance.now();
    const ask = async () => {
      const now = performance.now();
      if (d.hidden || now - activeAt > 300000) return;
      const answer = await fetch(present.dataset.present + (now - typedAt < 60000 ? "?writing=1" : "")).catch(() => null);
      if (!answer || !answer.ok || answer.redirected) return;
      const text = await answer.text();
      if (present.textContent !== text) present.textContent = text;
    };
    for (const what of ["keydown", "pointerdown", "wheel"]) d.addEventListener(what, () => { activeAt = performance.now(); }, { passive: true });
    main.addEventListener("input", e => {
      const first = performance.now() - typedAt > 60000;
      if (types(e.target)) { typedAt = performance.now(); if (first) ask(); }
    });
    setInterval(ask, present.dataset.every * 1000);
  }

  // The field for which the page was asked.
  const first = main.querySelector("[data-first]");
  if (first) { const field = first.querySelector("select, textarea, input:not([type=hidden])"); if (field) reach(field); }

  // What is being done behind the page is looked at again.
  const again = main.querySelector("a[data-again]");
  if (again) setTimeout(() => { location.replace(again.href); }, 2000);
})();
