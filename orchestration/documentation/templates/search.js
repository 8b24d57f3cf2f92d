/* Shows the entries that have every word of the search, opens what holds them, and hides the rest. */
(() => {
  const field = document.querySelector("#search");
  const told = document.querySelector("#found");
  const entries = [...document.querySelectorAll(".entry")];
  const groups = [...document.querySelectorAll(".entries")].reverse();
  const texts = new Map(entries.map((entry) => [entry, entry.textContent.toLowerCase()]));
  const titles = new Map(groups.map((group) => [group, (group.dataset.title || "").toLowerCase()]));
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (text) => words.every((word) => text.includes(word));
    for (const entry of entries) {
      const table = entry.closest("details.entries");
      entry.hidden = !fits(texts.get(entry) + " " + (table ? titles.get(table) : ""));
    }
    for (const group of groups) {
      const shown = group.querySelector(".entry:not([hidden])") !== null;
      group.hidden = words.length > 0 && !shown;
      if (group.tagName === "DETAILS") group.open = words.length > 0 && shown;
    }
    const shown = entries.filter((entry) => !entry.hidden).length;
    told.textContent = words.length ? told.dataset.found.replace("{}", shown).replace("{}", entries.length) : "";
  };
  const openTarget = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView();
  };
  field.addEventListener("input", search);
  addEventListener("hashchange", openTarget);
  field.closest("[hidden]").hidden = false;
  if (field.value) search();
  openTarget();
})();
