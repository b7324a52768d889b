// The map by keyboard: one stop, the arrows go from place to place. What is reached wears a ring,
// and is said in the words that the mouse reads.
(() => {
  const at = (id) => document.getElementById(id);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const plot = () => document.querySelector("#map .js-plotly-plot");
  const collator = new Intl.Collator();

  // The stops of the map, in groups: for each frame its areas, its corridors, its points.
  const KINDS = ["area", "corridor", "point"];
  const lines = (html) => {
    const text = String(html).replace(/<br>/g, "\n");
    return new DOMParser().parseFromString(text, "text/html").body.textContent.split("\n").map((line) => line.replace(/[;,]\s*$/, "")).filter(Boolean);
  };
  const stop = (trace, point, order) => {
    const key = point.loc || (trace.customdata && trace.customdata[order]) || "";
    const classes = (trace.zmax + 0.5) / 2; // a faded area is of its class and as many more
    const weight = point.loc ? (point.z >= classes ? point.z - 2 * classes : point.z) : point.ms || 0;
    const kind = point.loc ? "area" : key.includes("|") ? "corridor" : "point";
    return { geo: trace.geo, kind, key, place: key.split("@")[0], lonlat: point.ct || point.lonlat, html: trace.text[order], weight, order };
  };
  const seen = ({ lonlat, html }) => html && lonlat && Number.isFinite(lonlat[0]);
  const stops = (drawn) =>
    drawn.calcdata
      .filter(([first]) => first && first.trace.visible === true && first.trace.hovertemplate)
      .flatMap((points) => points.map((point, i) => stop(points[0].trace, point, point.index ?? i)))
      .filter(seen);

  // The first are those of the rankings beside the map, then the largest; a place that has an
  // enlarged copy is met there.
  const ranked = () => {
    const keys = [...document.querySelectorAll("#ranking [data-key]")].map((line) => line.dataset.key.split("=")[1]);
    return new Map(keys.map((key, i) => [key, i]).reverse());
  };
  const grouped = (all) => {
    const ranks = ranked();
    const rank = (each) => ranks.get(each.place) ?? Infinity;
    const before = (a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)) || b.weight - a.weight || collator.compare(a.html, b.html);
    const kept = (kind, held) => (kind === "point" ? held : [...new Map(held.map((each) => [each.place, each])).values()]);
    return [...new Set(all.map((each) => each.geo))]
      .sort()
      .flatMap((geo) => KINDS.map((kind) => kept(kind, all.filter((each) => each.geo === geo && each.kind === kind))))
      .filter((group) => group.length)
      .map((group) => (group[0].kind === "corridor" ? group : group.sort(before)));
  };

  // Boundaries are fetched: until then areas have no middle.
  const drawing = () => plot().calcdata.some((points) => points[0].trace.type === "choropleth" && !points.some((point) => point.ct));

  let groups = null; // as last drawn; read again when a key asks for them
  let here = null; // the stop reached
  let first = false; // whether its group has just been entered
  const find = () => {
    if (!groups) groups = drawing() ? [] : grouped(stops(plot()));
    const g = here ? groups.findIndex(([first]) => first.geo === here.geo && first.kind === here.kind) : -1;
    const of = g < 0 ? [] : groups[g];
    const i = of.findIndex((each) => each.key === here.key && each.html === here.html);
    return [g, i < 0 ? of.findIndex((each) => each.key === here.key) : i];
  };

  // What is said of it.
  const chosen = (place) => {
    const held = [...new URLSearchParams(location.search).values()].flatMap((value) => value.split(","));
    return place !== "" && place.split(/[|,]/).every((part) => held.includes(part));
  };
  const filled = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);
  const said = (g, i, entered) => {
    const words = at("walk").dataset;
    const [name, ...rest] = lines(here.html);
    const told = rest.length ? filled(words.says, { name, rest: rest.join(" · ") }) : name;
    const counted = filled(words.counted, { n: i + 1, total: groups[g].length });
    return [told, chosen(here.place) && words.chosen, entered ? `${words[here.kind]}, ${counted}` : counted].filter(Boolean).join(" · ");
  };

  // The ring, and the words next to it, where the place is drawn now.
  const spot = () => {
    const drawn = plot();
    const subplot = drawn && drawn._fullLayout && drawn._fullLayout[here.geo] && drawn._fullLayout[here.geo]._subplot;
    const projection = subplot && subplot.projection;
    if (!projection || (projection.isLonLatOverEdges && projection.isLonLatOverEdges(here.lonlat))) return null;
    const [x, y] = projection(here.lonlat) || [];
    const { xaxis, yaxis } = subplot;
    const inside = x >= xaxis._offset && x <= xaxis._offset + xaxis._length && y >= yaxis._offset && y <= yaxis._offset + yaxis._length;
    return inside ? [x, y] : null;
  };
  const outlined = () => {
    for (const path of document.querySelectorAll("#map path.reached")) path.classList.remove("reached");
    if (!here || here.kind !== "area") return;
    for (const path of document.querySelectorAll("#map .choroplethlayer path"))
      if (path.__data__ && path.__data__.loc === here.key) path.classList.add("reached");
  };
  // The line of the corridor reached is the one whose middle bears its handle.
  const line = () => {
    for (const points of plot().calcdata) {
      if (points[0].trace.mode !== "lines" || points[0].trace.geo !== here.geo) continue;
      for (let from = 0, i = 0; i <= points.length; i += 1) {
        if (i < points.length && Number.isFinite(points[i].lonlat[0])) continue;
        const middle = points[from + ((i - from) >> 1)];
        if (middle && middle.lonlat.every((value, k) => Math.abs(value - here.lonlat[k]) < 0.006)) return points.slice(from, i).map((point) => point.lonlat);
        from = i + 1;
      }
    }
    return [];
  };
  const SVG = "http://www.w3.org/2000/svg";
  const traced = (left, top) => {
    at("traced").replaceChildren();
    const found = left === undefined || here.kind !== "corridor" ? [] : line();
    if (found.length < 2) return;
    const { projection, xaxis, yaxis } = plot()._fullLayout[here.geo]._subplot;
    const within = ([x, y]) => x >= xaxis._offset && x <= xaxis._offset + xaxis._length && y >= yaxis._offset && y <= yaxis._offset + yaxis._length;
    const drawnAt = found.map((lonlat) => projection(lonlat)).filter((point) => point && within(point));
    const d = `M${drawnAt.map(([x, y]) => `${x + left},${y + top}`).join("L")}`;
    const way = document.createElementNS(SVG, "svg");
    way.id = "way";
    for (let i = 0; i < 2; i += 1) way.append(document.createElementNS(SVG, "path"));
    for (const path of way.children) path.setAttribute("d", d);
    at("traced").append(way);
  };
  const place = () => {
    const found = here && spot();
    at("ring").hidden = !found;
    outlined();
    if (!found) return traced();
    const [frame, map] = [at("drawing"), plot()].map((element) => element.getBoundingClientRect());
    const [aside, down] = [map.left - frame.left, map.top - frame.top];
    const [x, y] = [found[0] + aside, found[1] + down];
    traced(aside, down);
    Object.assign(at("ring").style, { left: `${x}px`, top: `${y}px` });
    const words = at("reached");
    const left = Math.max(4, Math.min(x - words.offsetWidth / 2, frame.width - words.offsetWidth - 4));
    const below = y + 24 + words.offsetHeight < map.bottom - frame.top;
    Object.assign(words.style, { left: `${left}px`, top: `${below ? y + 24 : y - 24 - words.offsetHeight}px` });
  };
  // A place out of the frame is brought into its middle; the globe turns towards it.
  const brought = () => {
    if (spot()) return;
    const [lon, lat] = here.lonlat;
    const globe = plot()._fullLayout[here.geo].projection.type === "orthographic";
    const turned = globe ? "projection.rotation" : "center";
    window.Plotly.relayout(plot(), { [`${here.geo}.${turned}.lon`]: lon, [`${here.geo}.${turned}.lat`]: lat });
  };
  const leave = () => {
    here = null;
    at("walk").classList.remove("walked");
    at("reached").textContent = "";
    place();
  };
  const reach = (g, i, entered) => {
    here = groups[g][i];
    first = entered;
    at("walk").classList.add("walked");
    at("reached").textContent = said(g, i, entered);
    brought();
    place();
  };

  // After a change the map is drawn again: the same place is found on it, or the way ends.
  let awaited = null; // a key pressed before there was a map to walk on
  const drawn = () => {
    told();
    const event = awaited;
    awaited = null;
    if (event && ours) ACTS[event.key](event);
  };
  const told = () => {
    groups = null;
    if (!here) return;
    const [g, i] = find();
    if (!groups.length) return;
    if (i < 0) return leave();
    here = groups[g][i];
    const text = said(g, i, first);
    if (at("reached").textContent !== text) at("reached").textContent = text;
    place();
  };
  const heard = new WeakSet();
  const listen = () => {
    const map = plot();
    if (!map || heard.has(map)) return;
    heard.add(map);
    map.on("plotly_afterplot", drawn);
    for (const name of ["plotly_relayout", "plotly_relayouting"]) map.on(name, place);
  };
  document.addEventListener("told", () => here && requestAnimationFrame(told));

  // Keys act while the map has the focus and was not reached with the mouse: then the arrows are
  // the presenter's.
  let ours = false;
  const step = (by) => {
    const [g, i] = find();
    if (i < 0) return groups.length && reach(by > 0 ? 0 : groups.length - 1, by > 0 ? 0 : groups.at(-1).length - 1, true);
    if (groups[g][i + by]) return reach(g, i + by, false);
    const next = (g + by + groups.length) % groups.length;
    return reach(next, by > 0 ? 0 : groups[next].length - 1, true);
  };
  const jump = (by) => {
    const g = find()[0];
    if (groups.length) reach(g < 0 ? 0 : (g + by + groups.length) % groups.length, 0, true);
  };
  const end = (last) => {
    const g = Math.max(find()[0], 0);
    if (groups.length) reach(g, last ? groups[g].length - 1 : 0, false);
  };
  const choose = (event) => {
    if (!here || !here.key) return;
    at("main").setAttribute("aria-busy", "true");
    set("asked", { data: { source: event.shiftKey ? "into" : "map", place: here.key, at: performance.now() } });
  };
  // Closer to the place reached, or farther from it; the other frame stays as it is.
  const CLOSEST = 60;
  const zoom = (by) => {
    const geo = here ? here.geo : "geo";
    const frame = plot()._fullLayout[geo];
    const scale = Math.min(Math.max((frame.projection.scale || 1) * by, 1), CLOSEST);
    const centre = here && frame.projection.type !== "orthographic" ? { [`${geo}.center.lon`]: here.lonlat[0], [`${geo}.center.lat`]: here.lonlat[1] } : {};
    window.Plotly.relayout(plot(), { [`${geo}.projection.scale`]: scale, ...(by > 1 ? centre : {}) });
  };
  const whole = () => document.querySelector('#map .modebar-btn[data-attr="reset"]')?.click();
  const ACTS = {
    ArrowRight: () => step(1),
    ArrowDown: () => step(1),
    ArrowLeft: () => step(-1),
    ArrowUp: () => step(-1),
    PageDown: () => jump(1),
    PageUp: () => jump(-1),
    Home: () => end(false),
    End: () => end(true),
    Enter: choose,
    " ": choose,
    "+": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: whole,
  };
  window.addEventListener(
    "keydown",
    (event) => {
      if (!ours || event.target.id !== "walk" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") return leave();
      if (!(event.key in ACTS)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!plot() || !plot().calcdata) return;
      listen();
      ACTS[event.key](event);
      if (!groups || !groups.length) awaited = event;
    },
    true
  );
  document.addEventListener("focusin", ({ target }) => (ours = target.id === "walk" && target.matches(":focus-visible")));
  document.addEventListener("focusout", ({ target }) => target.id === "walk" && here && leave());
  document.addEventListener(
    "mousedown",
    (event) => {
      ours = false;
      if (here && event.target.closest("#walk")) leave();
    },
    true
  );
})();
