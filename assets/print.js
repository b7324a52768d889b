// What a page on paper has and the one on screen has not; 7-print.css does the rest.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const TOLD = "#page > footer details, #beside details, #legend details"; // sources and methods are read, not only found
  const FLAT = 2; // as wide as high: a map that the open table has left too little room
  let folded = [];
  let redrawn = null;

  const printed = () => {
    const { said } = at("printed").dataset;
    const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(new Date());
    at("printed").textContent = said.replace("{date}", date).replace("{address}", location.href);
  };
  // The map as it stands on screen, drawn smaller or larger as a whole; a flat one is drawn again,
  // which is done before the page is laid out: all it needs is there.
  const high = () => {
    const map = document.querySelector("#map .js-plotly-plot");
    const { width, height } = (map && map._fullLayout) || {};
    if (!(width > FLAT * height)) return Promise.resolve();
    redrawn = map;
    return window.Plotly.relayout(map, { width, height: width / 1.6 });
  };
  const whole = () => {
    for (const drawn of all("#map .main-svg")) {
      const [width, height] = [drawn.getAttribute("width"), drawn.getAttribute("height")];
      drawn.setAttribute("viewBox", `0 0 ${width} ${height}`);
      at("map").style.setProperty("--shape", `${width} / ${height}`);
    }
  };
  window.addEventListener("beforeprint", () => {
    if (!at("map")) return;
    folded = all(TOLD).filter((details) => !details.open && !details.closest(".kinds"));
    for (const details of folded) details.open = true;
    printed();
    whole();
    high().then(whole);
  });
  window.addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
    for (const drawn of all("#map .main-svg")) drawn.removeAttribute("viewBox");
    if (redrawn) window.Plotly.relayout(redrawn, { autosize: true });
    [folded, redrawn] = [[], null];
  });
})();
