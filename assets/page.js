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

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-go],[data-sort],[data-page],#table-toggle,#rail-toggle");
    if (!button || button.disabled) return;
    if (button.dataset.go) go(button.dataset.go);
    else if (button.dataset.sort || button.dataset.page) turn(button.dataset);
    else fold(button);
  });

  let clear = "?";
  const elsewhere = (target) => target.closest("input,textarea,select,.dash-dropdown-content,.show");
  const unfolded = () => document.querySelector(".dropdown-menu.show,.dash-dropdown-content");
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && !unfolded() && !elsewhere(event.target)) go(clear);
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

  const picked = (click) => {
    const point = click && click.points && click.points[0];
    const place = point && (point.location || point.customdata);
    setTimeout(() => set("map", { clickData: null }));
    if (!place) return window.dash_clientside.no_update;
    busy(true);
    return { source: "map", place, at: performance.now() };
  };

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

  // Put new HTML in its place, and the focus back on the button that had it.
  const tell = (told) => {
    if (!told) return "";
    const focused = document.activeElement && document.activeElement.dataset.key;
    for (const [id, html] of Object.entries(told.parts)) {
      const element = at(id);
      if (element && element.innerHTML !== html) element.innerHTML = html;
    }
    if (told.class) at("page").className = told.class;
    if (told.clear) clear = told.clear;
    if (told.controls) {
      sorting = {};
      control(told.controls, told.options);
    }
    if (focused && document.activeElement === document.body) {
      const again = document.querySelector(`[data-key="${CSS.escape(focused)}"]`);
      if (again) again.focus({ preventScroll: true });
    }
    requestAnimationFrame(() => busy(false));
    return told.parts.sentence || "";
  };

  window.addEventListener("popstate", () => busy(true));

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = { ask, tell };
})();
