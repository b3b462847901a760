"use strict";
// Sorting, filtering, and hiding strategies. What is chosen is in the address, after the #, as
// `#model=warm&sort=seconds`, so that a view can be shared. Without this script the page has
// all figures and the whole table.
(() => {
  const table = document.getElementById("all");
  const form = document.getElementById("filters");
  const tip = document.getElementById("tip");
  if (!table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const titles = heads.map((head) => head.textContent.trim());
  const fields = [...form.elements].filter((element) => element.name);
  const toggles = [...document.querySelectorAll("input.toggle")];
  const views = [...document.querySelectorAll("input[name=view]")];
  let sorted = { name: "", down: false };

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    const number = parseFloat(text);
    return heads[column].classList.contains("number") ? (Number.isNaN(number) ? null : number) : text;
  };

  function compare(a, b, column) {
    const [x, y] = [valueOf(a, column), valueOf(b, column)];
    if (x === y) return 0;
    if (x === null || x === "") return 1; // what has no value is last, either way
    if (y === null || y === "") return -1;
    const order = typeof x === "number" ? x - y : x.localeCompare(y);
    return sorted.down ? -order : order;
  }

  function show() {
    const column = titles.indexOf(sorted.name);
    const ordered = column < 0 ? rows : [...rows].sort((a, b) => compare(a, b, column));
    body.append(...ordered);
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    let count = 0;
    for (const row of rows) {
      row.hidden = fields.some((field) => field.value && row.dataset[field.name] !== field.value);
      if (!row.hidden) count += 1;
    }
    document.getElementById("count").textContent = `${count} of ${rows.length} cells`;
    for (const toggle of toggles) {
      for (const mark of document.querySelectorAll("svg [data-strategy]")) {
        if (mark.dataset.strategy === toggle.value) mark.classList.toggle("away", !toggle.checked);
      }
    }
  }

  function save() {
    const state = new URLSearchParams();
    for (const field of fields) if (field.value) state.set(field.name, field.value);
    if (sorted.name) state.set("sort", (sorted.down ? "-" : "") + sorted.name);
    const away = toggles.filter((toggle) => !toggle.checked);
    if (away.length) state.set("hide", away.map((toggle) => toggle.value).join(","));
    if (views.some((view) => view.checked && view.value === "cold")) state.set("view", "cold");
    history.replaceState(null, "", `#${state}`);
    show();
  }

  function load() {
    if (location.hash.length > 1 && !location.hash.includes("=")) return show(); // a section
    const state = new URLSearchParams(location.hash.slice(1));
    for (const field of fields) {
      const wanted = state.get(field.name) ?? "";
      field.value = [...field.options].some((option) => option.value === wanted) ? wanted : "";
    }
    const sort = state.get("sort") ?? "";
    sorted = { name: sort.replace(/^-/, ""), down: sort.startsWith("-") };
    const away = (state.get("hide") ?? "").split(",");
    for (const toggle of toggles) toggle.checked = !away.includes(toggle.value);
    const cold = state.get("view") === "cold";
    for (const view of views) view.checked = (view.value === "cold") === cold;
    return show();
  }

  for (const field of fields) {
    const seen = new Set(rows.map((row) => row.dataset[field.name]).filter(Boolean));
    const values = [...seen];
    if (field.name === "size") values.sort((a, b) => a - b);
    for (const value of values) field.add(new Option(field.name === "size" ? `${value} MB` : value, value));
    field.addEventListener("change", save);
  }
  heads.forEach((head, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = titles[i];
    button.addEventListener("click", () => {
      const again = sorted.name === titles[i];
      sorted = { name: again && sorted.down ? "" : titles[i], down: again && !sorted.down };
      save();
    });
    head.replaceChildren(button);
  });
  for (const toggle of toggles) {
    toggle.hidden = false;
    toggle.addEventListener("change", save);
  }
  for (const view of views) view.addEventListener("change", save);

  // Links within the page go there without taking the place of the state in the address.
  for (const link of document.querySelectorAll("nav a[href^='#']")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      document.querySelector(link.hash).scrollIntoView();
    });
  }

  // A point's text is its title, which a browser shows late; here it is shown at once.
  const versions = document.body.dataset.versions;
  for (const point of document.querySelectorAll("svg .point")) {
    const title = point.querySelector("title");
    if (!title) continue;
    point.dataset.text = title.textContent;
    point.setAttribute("role", "img");
    point.setAttribute("aria-label", title.textContent);
    title.remove();
    point.addEventListener("pointerenter", (event) => {
      tip.textContent = `${point.dataset.text}\n${versions}`;
      tip.hidden = false;
      const left = Math.min(event.pageX + 12, scrollX + document.documentElement.clientWidth - tip.offsetWidth - 8);
      tip.style.left = `${Math.max(left, 4)}px`;
      tip.style.top = `${event.pageY + 14}px`;
    });
    point.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  form.hidden = false;
  addEventListener("hashchange", load);
  load();
})();
