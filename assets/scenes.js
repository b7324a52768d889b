// The scenes of a presentation as a person has ordered them: kept in this browser, shown in the
// place of the ready ones, taken away as a file.
(() => {
  const KEY = "corridors.scenes";
  const at = (id) => document.getElementById(id);
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const lang = () => document.documentElement.lang;
  const said = (text) => (at("scenes-said").textContent = text);

  let own = null;
  try {
    own = JSON.parse(localStorage.getItem(KEY));
  } catch {}
  const keep = (scenes) => {
    own = scenes;
    try {
      if (scenes) localStorage.setItem(KEY, JSON.stringify(scenes));
      else localStorage.removeItem(KEY);
    } catch {}
    list();
    show();
  };
  window.ownScenes = () => own && JSON.stringify(own);

  // A text of a scene, which may be one for both languages.
  const text = (held) => (typeof held === "string" ? held : (held && held[lang()]) || "");
  const changed = (held, value) => (held && typeof held === "object" ? { ...held, [lang()]: value } : value);

  // The view of an address, whatever the language or the way it is shown in.
  const ASIDE = ["lang", "present", "embed"];
  const bare = (query) => {
    const pairs = new URLSearchParams(query);
    ASIDE.forEach((name) => pairs.delete(name));
    return decodeURIComponent(String(pairs));
  };
  const address = (scene) => {
    const pairs = [bare(scene.query), new URLSearchParams(location.search).get("lang")];
    return `?${[pairs[0], pairs[1] && `lang=${pairs[1]}`, "present=1"].filter(Boolean).join("&")}`;
  };

  // The bar of the presenter, with these scenes in the place of the ready ones.
  const show = () => {
    const bar = at("scenes");
    if (!own || !bar || !bar.querySelector("ol")) return;
    const here = own.findIndex((scene) => bare(scene.query) === bare(location.search));
    bar.querySelector(".scene-name").textContent = here < 0 ? "" : `${here + 1} / ${own.length} · ${text(own[here].name)}`;
    const buttons = own.map((scene, i) => {
      const button = make("button", { textContent: i + 1, title: text(scene.name), ariaLabel: `${i + 1} · ${text(scene.name)}` });
      Object.assign(button.dataset, { note: text(scene.note), key: `scene:${i + 1}`, scene: i + 1, go: address(scene) });
      if (i === here) button.setAttribute("aria-current", "step");
      const item = make("li", {});
      item.append(button);
      return item;
    });
    bar.querySelector("ol").replaceChildren(...buttons);
    for (const [step, i] of [["back", Math.max(here - 1, 0)], ["on", Math.min(here + 1, own.length - 1)]]) {
      const button = bar.querySelector(`[data-step=${step}]`);
      if (button && own[i]) button.dataset.go = address(own[i]);
    }
  };
  document.addEventListener("told", show);

  // The list to edit.
  let ready = [];
  const scenes = () => own || ready;
  const field = (scene, name, i) => {
    const label = at("scene-rows").dataset[name];
    const input = make(name === "note" ? "textarea" : "input", { value: text(scene[name]), ariaLabel: `${label} ${i + 1}`, placeholder: label, rows: 2 });
    input.onchange = () => keep(scenes().map((each, j) => (j === i ? { ...each, [name]: changed(each[name], input.value) } : each)));
    return input;
  };
  const moved = (i, to) => {
    const held = [...scenes()];
    held.splice(to, 0, ...held.splice(i, 1));
    keep(held);
    at("scene-rows").children[to].querySelector("button").focus();
  };
  const ACTS = {
    up: (i) => i > 0 && moved(i, i - 1),
    down: (i) => i < scenes().length - 1 && moved(i, i + 1),
    remove: (i) => keep(scenes().filter((_, j) => j !== i)),
    show: (i) => {
      at("scene-list").close();
      window.dash_clientside.set_props("url", { search: address(scenes()[i]).replace(/&?present=1/, "").replace(/^\?$/, "") });
    },
  };
  const SIGNS = { up: "↑", down: "↓", remove: "✕", show: "→" };
  const row = (scene, i) => {
    const item = make("li", {});
    const acts = Object.entries(ACTS).map(([name, act]) => {
      const label = at("scene-rows").dataset[name];
      return make("button", { textContent: SIGNS[name], title: label, ariaLabel: `${label} : ${text(scene.name)}`, onclick: () => act(i) });
    });
    item.append(field(scene, "name", i), ...acts, field(scene, "note", i));
    return item;
  };
  const list = () => at("scene-rows").replaceChildren(...scenes().map(row));

  const opened = async (file) => {
    const answer = await fetch(`scenes.json?lang=${lang()}`, { method: "POST", body: await file.text() });
    if (!answer.ok) return said(await answer.text());
    keep(await answer.json());
    said(file.name);
  };
  const BUTTONS = {
    add: () => {
      const query = bare(location.search);
      keep([...scenes(), { name: at("title").textContent, note: at("sentence").textContent, query: query && `?${query}` }]);
    },
    save: () => {
      const blob = new Blob([JSON.stringify(scenes(), null, 2)], { type: "application/json" });
      window.saveFile(blob, "corridors-scenes.json");
    },
    open: () => {
      const input = make("input", { type: "file", accept: ".json,application/json" });
      input.onchange = () => input.files[0] && opened(input.files[0]);
      input.click();
    },
    ready: () => keep(null),
    close: () => at("scene-list").close(),
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-scenes]");
    if (button) said(""), BUTTONS[button.dataset.scenes]();
    if (!event.target.closest("#scenes-edit")) return;
    if (!ready.length) ready = await (await fetch("scenes.json")).json();
    said("");
    list();
    at("scene-list").showModal();
  });
})();
