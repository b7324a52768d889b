// What the page does by itself: clicks and keys become acts on the state, panels fold,
// the language of the document follows the address.
(() => {
  const send = (data) =>
    window.dash_clientside.set_props("act", { data: { ...data, at: performance.now() } });

  const clicked = (event) => {
    const button = event.target.closest("[data-act],[data-sort],[data-page],#table-toggle,#rail-toggle");
    if (!button || button.disabled) return;
    if (button.dataset.act) {
      const { act, name, value } = button.dataset;
      send({ act, name, value });
    } else if (button.dataset.sort || button.dataset.page) {
      turn(button.dataset);
    } else {
      fold(button);
    }
  };

  // The order and page of the table; the same column again turns the order round.
  let sorting = {};
  const turn = ({ sort, page }) => {
    const down = sort && sort === sorting.column ? !sorting.down : sort ? false : sorting.down;
    sorting = { column: sort || sorting.column, down, page: Number(page) || 0 };
    window.dash_clientside.set_props("sorting", { data: sorting });
  };

  const fold = (button) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (button.id === "table-toggle") window.dash_clientside.set_props("table-drawer", { is_open: open });
    else document.getElementById("rail").classList.toggle("open", open);
  };

  const typing = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable;

  document.addEventListener("click", clicked);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !typing(event.target) && !document.querySelector(".dash-dropdown-content")) {
      send({ act: "clear" });
    }
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = {
    language: (search, current) => {
      sorting = {};
      const wanted = new URLSearchParams(search || "").get("lang");
      const lang = ["fr", "en"].includes(wanted) ? wanted : document.body.dataset.lang || "fr";
      document.documentElement.lang = lang;
      return lang === current ? window.dash_clientside.no_update : lang;
    },
  };
})();
