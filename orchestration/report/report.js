/* The choice of wave and break-down, without a reload: panels that are not shown wait in templates.
   The choice is kept in the address, and goes along to the other pages and the other language. */
(() => {
  "use strict";
  const controls = [...document.querySelectorAll("[data-control]")];
  const slots = [...document.querySelectorAll(".slot")].map((slot) => ({
    slot,
    panels: [...slot.children].filter((child) => child.matches(".panel")).map((panel) => ({
      wanted: { ...panel.dataset },
      content: panel.content ?? panel,
      shown: !panel.content,
    })),
    none: slot.querySelector(":scope > template[data-none]"),
  }));

  const said = () => new URLSearchParams(location.hash.slice(1));
  const choice = () => Object.fromEntries(controls.map((control) => [control.dataset.control, control.value]));

  function show() {
    const chosen = choice();
    for (const { slot, panels, none } of slots) {
      const fits = ({ wanted }) => Object.entries(wanted).every(([key, value]) => chosen[key] === value);
      const next = panels.find(fits);
      const now = panels.find((panel) => panel.shown);
      if (now && now === next) continue;
      if (now) {
        // What was shown goes back, so that opened tables are still open when it returns.
        const kept = document.createDocumentFragment();
        kept.append(...slot.querySelector(":scope > div.panel").childNodes);
        now.content = kept;
        now.shown = false;
      }
      slot.querySelector(":scope > div.panel")?.remove();
      const panel = document.createElement("div");
      panel.className = "panel";
      if (next) {
        panel.append(...next.content.childNodes);
        next.shown = true;
      } else if (none) {
        panel.append(none.content.cloneNode(true));
      }
      slot.prepend(panel);
    }
  }

  function pass() {
    // Links to other pages take the choice along, beside what other controls have said.
    const kept = said();
    for (const [key, value] of Object.entries(choice())) kept.set(key, value);
    const hash = [...kept].some(([, value]) => value) ? `#${kept}` : "";
    for (const link of document.querySelectorAll("a[href]")) {
      const [path, anchor] = link.getAttribute("href").split("#");
      if (path.endsWith(".html") && (!anchor || anchor.includes("="))) link.setAttribute("href", path + hash);
    }
    return hash;
  }

  function restore() {
    const wanted = said();
    for (const control of controls) {
      const value = wanted.get(control.dataset.control);
      if ([...control.options].some((option) => option.value === value)) control.value = value;
    }
    show();
    pass();
  }

  for (const control of controls) {
    control.addEventListener("change", () => {
      show();
      history.replaceState(null, "", pass() || location.href);
      const status = document.querySelector("[data-says]");
      status.textContent = `${status.dataset.says} ${controls.map((one) => one.selectedOptions[0].textContent).join(", ")}`;
    });
  }
  for (const form of document.querySelectorAll(".controls")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
  }
  // On a small screen the menu would push the page down.
  if (matchMedia("(max-width: 68rem)").matches) document.querySelector(".site details").open = false;
  addEventListener("hashchange", () => { if (location.hash.includes("=")) restore(); });
  restore();
})();
