// What the page does by itself: a click or a key leads to another address, the HTML of a new
// state is put in its place, panels fold.
(() => {
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const at = (id) => document.getElementById(id);
  const busy = (yes) => at("main") && at("main").setAttribute("aria-busy", String(yes));

  const go = (search) => {
    busy(true);
    set("url", { search: search === "?" ? "" : search });
  };

  // The order and page of the table; the same column again turns the order round.
  let sorting = {};
  const turn = ({ sort, page }) => {
    const down = sort ? sort === sorting.column && !sorting.down : sorting.down;
    sorting = { column: sort || sorting.column, down, page: Number(page) || 0 };
    set("sorting", { data: sorting });
  };

  const fold = (button) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (button.id === "table-toggle") set("table-drawer", { is_open: open });
    else at("rail").classList.toggle("open", open);
  };

  // What is copied to share the view: its link, its sentence and link, or a frame that holds it.
  const attribute = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  const shared = (what, query) => {
    const page = location.origin + location.pathname;
    const told = ["title", "sentence"].map((id) => at(id).textContent.trim());
    if (what === "link") return page + query;
    if (what === "sentence") return `${told.join(" – ")} ${page}${query}`;
    const framed = `${page}${query}${query ? "&" : "?"}embed=1`;
    return `<iframe src="${attribute(framed)}" title="${attribute(told[0])}" width="960" height="640" style="border:0" loading="lazy"></iframe>`;
  };
  const copied = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  const copy = async ({ copy: what, query, done, failed }) => {
    const text = shared(what, query);
    at("copied").textContent = (await copied(text)) ? done : `${failed} ${text}`;
  };

  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) return copy(copier.dataset);
    const sorter = event.target.closest("[data-order]");
    if (sorter) return order(sorter.closest("th"));
    const button = event.target.closest("[data-go],[data-sort],[data-page],#table-toggle,#rail-toggle");
    if (!button || button.disabled) return;
    if (button.dataset.go) go(button.dataset.go);
    else if (button.dataset.sort || button.dataset.page) turn(button.dataset);
    else fold(button);
  });

  // The rows of a shaded table by the numbers of a column; once more turns the order round.
  const order = (head) => {
    const down = head.getAttribute("aria-sort") !== "descending";
    const table = head.closest("table");
    for (const other of table.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const number = (row) => Number(String(row.cells[head.cellIndex].dataset.n).replace(/\D/g, ""));
    const rows = [...table.tBodies[0].rows].sort((a, b) => (down ? number(b) - number(a) : number(a) - number(b)));
    table.tBodies[0].append(...rows);
  };

  // The presenter's keys: F in and out, arrows and digits from scene to scene, R to the start.
  const press = (selector) => {
    const button = document.querySelector(selector);
    if (button) button.click();
    return Boolean(button);
  };
  const filled = (yes) => {
    const asked = yes ? document.documentElement.requestFullscreen() : document.fullscreenElement && document.exitFullscreen();
    if (asked) asked.catch(() => {});
  };
  const STEPS = { ArrowRight: "on", PageDown: "on", ArrowLeft: "back", PageUp: "back", r: "reset", Escape: "out", f: "out" };
  const presented = (pressed) => {
    const key = pressed.length === 1 ? pressed.toLowerCase() : pressed;
    const card = at("keys");
    if (key === "?") return card.open ? card.close() : card.showModal(), true;
    if (card.open) return false;
    if (!at("page").classList.contains("present")) return key === "f" && (filled(true), press("#present button"));
    if (key === "f" || key === "Escape") filled(false);
    if (key === "n") return open();
    if (/^[1-9]$/.test(key)) return press(`#scenes [data-scene="${key}"]`);
    return key in STEPS && press(`#scenes [data-step="${STEPS[key]}"]`);
  };
  // What to say with the scene shown, and which one is next, in a window for the presenter alone.
  let notes = null;
  const note = () => {
    if (!notes || notes.closed) return;
    const here = document.querySelector("#scenes [aria-current]");
    const next = here && here.closest("li").nextElementSibling;
    const texts = [
      ["h1", here ? here.title : at("title").textContent],
      ["p", here ? here.dataset.note : at("sentence").textContent],
      ["p", next ? `${document.querySelector("[data-notes]").dataset.notes} ${next.firstChild.title}` : ""],
    ];
    notes.document.body.style.font = "22px/1.4 system-ui, sans-serif";
    notes.document.body.replaceChildren(
      ...texts.map(([tag, text]) => Object.assign(notes.document.createElement(tag), { textContent: text }))
    );
  };
  const open = () => {
    notes = window.open("", "corridors-notes", "width=640,height=420");
    note();
    return true;
  };
  document.addEventListener("click", (event) => event.target.closest("[data-notes]") && open());
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || press("#scenes [data-step=out]"));
  let still = 0;
  document.addEventListener("mousemove", () => {
    document.documentElement.classList.remove("still");
    clearTimeout(still);
    still = setTimeout(() => document.documentElement.classList.add("still"), 2500);
  });

  let clear = "?";
  const elsewhere = (target) => target.closest("input,textarea,select,.dash-dropdown-content,.show,#scene-list,#upload");
  const unfolded = () => document.querySelector(".dropdown-menu.show,.dash-dropdown-content");
  document.addEventListener(
    "keydown",
    (event) => {
      if (unfolded() || elsewhere(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
      if (presented(event.key)) event.preventDefault();
      else if (event.key === "Escape" && !at("keys").open) go(clear);
    },
    true
  );

  // The value each control was last given: a change from it is the person's.
  let given = {};
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const control = (controls, options) => {
    for (const [name, value] of Object.entries(controls)) {
      const props = same(given[name], value) ? {} : { value };
      if (options[name]) props.options = options[name];
      given[name] = value;
      if (Object.keys(props).length) set(`filter-${name}`, props);
    }
  };

  // A click on the map; a double one leads into the place. Its second click may find the map just
  // redrawn and hit nothing: then the place of the first one counts.
  let clicks = 0;
  let hit = "";
  document.addEventListener("mousedown", (event) => (clicks = event.detail), true);
  const picked = (click) => {
    const point = click && click.points && click.points[0];
    const place = point && (point.location || point.customdata);
    setTimeout(() => set("map", { clickData: null }));
    if (!place) return window.dash_clientside.no_update;
    busy(true);
    hit = clicks > 1 ? "" : place;
    return { source: hit ? "map" : "into", place, at: performance.now() };
  };
  const enter = () => {
    if (hit) set("asked", { data: { source: "into", place: hit, at: performance.now() } });
    hit = "";
  };
  document.addEventListener("dblclick", (event) => event.target.closest("#map") && setTimeout(enter, 250));

  // A click on the map or a change of a control, as a question to the server.
  const ask = (click, ...values) => {
    const { inputs_list, triggered_id } = window.dash_clientside.callback_context;
    if (click) return picked(click);
    const names = inputs_list.slice(1).map((input) => input.id.replace("filter-", ""));
    const now = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    const source = String(triggered_id || "").replace("filter-", "");
    if (!(source in given) || same(given[source], now[source])) return window.dash_clientside.no_update;
    given[source] = now[source];
    busy(true);
    return { source, controls: { ...given }, at: performance.now() };
  };

  // The text around a map keeps the most room it took in this view: a map whose size changes is
  // drawn twice.
  const around = () => [document.querySelector(".told"), at("legend")];
  const release = () => around().forEach((element) => (element.style.minHeight = ""));
  const hold = () => around().forEach((element) => (element.style.minHeight = `${element.getBoundingClientRect().height}px`));
  window.addEventListener("resize", release);

  // Put new HTML in its place, and the focus back on the button that had it.
  const tell = (told) => {
    if (!told) return "";
    const focused = document.activeElement && document.activeElement.dataset.key;
    for (const [id, html] of Object.entries(told.parts)) {
      const element = at(id);
      if (element && element.innerHTML !== html) element.innerHTML = html;
    }
    const view = (page) => /view-\w+/.exec(page) + /beside-\w+/.exec(page);
    if (told.class && view(told.class) !== view(at("page").className)) release();
    if (told.class) at("page").className = told.class;
    if (told.class) hold();
    if (told.clear) clear = told.clear;
    if (at("copied")) at("copied").textContent = "";
    if (told.controls) {
      sorting = {};
      control(told.controls, told.options);
      for (const field of document.querySelectorAll("#rail .filter[id]"))
        field.hidden = told.hidden.includes(field.id);
    }
    if (focused && document.activeElement === document.body) {
      const again = document.querySelector(`[data-key="${CSS.escape(focused)}"]`);
      if (again) again.focus({ preventScroll: true });
    }
    const tab = document.querySelector('#filter-view [aria-pressed="true"]');
    if (tab) at("filter-view").scrollLeft = tab.offsetLeft - at("filter-view").offsetLeft - 40;
    document.dispatchEvent(new Event("told"));
    note();
    requestAnimationFrame(() => busy(false));
    return told.parts.sentence || "";
  };

  // A window of years drawn over the bars with the mouse, the pen or the finger.
  let brushed = null;
  const yearAt = (brush, x) => {
    const { left, width } = brush.getBoundingClientRect();
    const [first, last] = [Number(brush.dataset.first), Number(brush.dataset.last)];
    const at = first + Math.floor(((x - left) / width) * (last - first + 1));
    return Math.min(Math.max(at, first), last);
  };
  document.addEventListener("pointerdown", (event) => {
    const brush = event.target.closest(".brush");
    if (!brush || event.button) return;
    event.preventDefault();
    brush.setPointerCapture(event.pointerId);
    brushed = { brush, from: yearAt(brush, event.clientX) };
  });
  document.addEventListener("pointermove", (event) => {
    if (!brushed) return;
    const { brush, from } = brushed;
    const years = [from, yearAt(brush, event.clientX)].sort((a, b) => a - b);
    const whole = brush.dataset.last - brush.dataset.first + 1;
    for (const pane of document.querySelectorAll(".brush .window")) {
      pane.style.left = `${((years[0] - brush.dataset.first) / whole) * 100}%`;
      pane.style.width = `${((years[1] - years[0] + 1) / whole) * 100}%`;
    }
  });
  document.addEventListener("pointerup", (event) => {
    if (!brushed) return;
    const years = [brushed.from, yearAt(brushed.brush, event.clientX)].sort((a, b) => a - b);
    brushed = null;
    set("filter-years", { value: years });
  });

  // The years one after another: all links begun so far, or the chosen window moved along.
  let playing = false;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const answered = async () => {
    while (at("main").getAttribute("aria-busy") === "true") await pause(20);
  };
  const play = async () => {
    const { first, last } = document.querySelector(".brush").dataset;
    const [from, to] = [Number(first), Number(last)];
    const [low, high] = given.years;
    const whole = low <= from && high >= to;
    playing = true;
    for (let shift = 0; playing && (whole ? from : high) + shift <= to; shift += 1) {
      set("filter-years", { value: whole ? [from, from + shift] : [low + shift, high + shift] });
      await pause(60);
      await answered();
      const button = document.querySelector("[data-play]");
      if (!button) break;
      button.setAttribute("aria-pressed", "true");
      await pause(240);
    }
    playing = false;
    const button = document.querySelector("[data-play]");
    if (button) button.setAttribute("aria-pressed", "false");
  };
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-play]");
    if (pressed && !playing) play();
    else playing = false;
  });

  // Weights typed by the person: those that are not the default, the others taken back.
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-weight]")) return;
    const weights = [...document.querySelectorAll("[data-weight]")].map((field) => {
      const number = field.value.trim() === "" ? NaN : Number(field.value);
      const kept = Number.isFinite(number) && number !== Number(field.dataset.default);
      return [field.dataset.weight, kept ? number : null];
    });
    busy(true);
    set("asked", { data: { source: "weights", place: Object.fromEntries(weights), at: performance.now() } });
  });

  window.addEventListener("popstate", () => busy(true));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = { ask, tell };
})();
