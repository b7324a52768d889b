// A view as a document of its own: draws the map, and on a sheet makes everything fit and nothing
// touch. `snapshot.ready` is fulfilled when all is in place; `snapshot.svg()` gives the sheet as SVG.
(() => {
  const held = JSON.parse(document.getElementById("held").textContent);
  const at = (id) => document.getElementById(id);
  const sheet = at("sheet");
  const paged = !sheet.classList.contains("living");
  const SMALLEST = 0.6; // of the size of type
  const MAP = 0.36; // of the height of the sheet, what a map should keep
  const MAP_ABOVE = 0.26; // the same, above what stands beside it elsewhere
  const box = (element) => element.getBoundingClientRect();

  const figure = () => {
    for (const trace of held.figure.data)
      if (typeof trace.geojson === "string") trace.geojson = held.layers[trace.geojson];
    return held.figure;
  };

  // Smaller type, step by step, until the map has room; then as tall a sheet as it takes.
  const fit = () => {
    const share = sheet.matches(".tall:has(#beside)") ? MAP_ABOVE : MAP;
    const [map, legend] = [at("map"), at("legend")];
    if (legend.scrollHeight > box(legend).height + 1) sheet.classList.remove("aside");
    const short = () =>
      Math.max(map ? box(sheet).height * share - box(map).height : 0, sheet.scrollHeight - box(sheet).height);
    for (let k = 1; k >= SMALLEST && short() > 1; k -= 0.05) sheet.style.setProperty("--k", k.toFixed(2));
    if (short() > 1) sheet.style.height = `${Math.ceil(box(sheet).height + short())}px`;
  };

  // Names on the map that touch one written before them, or that the edge cuts, are left out.
  const apart = () => {
    const edge = box(at("map"));
    const kept = [];
    const touches = (a, b) => a.left < b.right + 1 && b.left < a.right + 1 && a.top < b.bottom && b.top < a.bottom;
    for (const text of document.querySelectorAll("#map .scattergeo text")) {
      const here = box(text);
      const cut = here.left < edge.left || here.right > edge.right || here.top < edge.top || here.bottom > edge.bottom;
      if (cut || kept.some((other) => touches(here, other))) text.remove();
      else kept.push(here);
    }
  };

  const BLOCKS = "summary,details,tr,li,p:not(.trimmed),dt,dd,h3,h4,h5,figure,svg,.figure,.scatter,.stack,.bars,.bars-axis,button,td,th";
  const over = (frame) => [...frame.querySelectorAll(BLOCKS)].filter((block) => box(block).bottom > box(frame).bottom + 1 || box(block).right > box(frame).right + 1);

  // What stands beside the map and does not fit: whole lines and blocks are left out, and said.
  const trim = () => {
    const beside = at("beside");
    if (!beside) return;
    const blocks = [...beside.querySelectorAll(BLOCKS)];
    if (!over(beside).length) return;
    const note = beside.querySelector(".trimmed");
    note.hidden = false;
    const last = box(note).top;
    const side = box(beside).right + 1;
    const out = new Set(blocks.filter((block) => box(block).height && (box(block).bottom > last || box(block).right > side)));
    const whole = (block) => block.matches(".scatter") && box(block).bottom > last;
    const empty = (block) => ![...block.querySelectorAll(BLOCKS)].some((inner) => !out.has(inner) && box(inner).height);
    for (const block of out) if (whole(block) || empty(block)) block.style.visibility = "hidden";
    const shown = [...beside.querySelectorAll("h3,h4,h5,thead,tr,p,li,dd,svg,.figure,button")].filter(
      (block) => box(block).height && getComputedStyle(block).visibility === "visible" && block !== note
    );
    while (shown.length && shown.at(-1).matches("h3:not(summary *),h4:not(summary *),h5,thead,thead *")) shown.pop().style.visibility = "hidden";
  };

  const still = () => {
    for (const button of document.querySelectorAll("button")) {
      button.disabled = true;
      button.setAttribute("role", "none");
      button.removeAttribute("aria-pressed");
    }
    for (const field of document.querySelectorAll("input")) field.readOnly = true;
  };

  // On paper what does not fit goes on over the next pages, below a map of the first one's width.
  const flow = () => {
    const [beside, drawing] = [at("beside"), at("drawing")];
    if (!beside || !(over(beside).length || beside.scrollHeight > box(beside).height + 1)) return;
    const high = box(sheet).height - box(drawing).top - 24;
    sheet.classList.add("flowing");
    if (at("map")) drawing.style.height = `${high}px`;
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  };

  const draw = async () => {
    still();
    await Promise.all(["400 14px Inter", "600 14px Inter"].map((font) => document.fonts.load(font)));
    if (paged) fit();
    if (sheet.classList.contains("printed")) flow();
    if (at("map")) await Plotly.newPlot("map", figure().data, held.figure.layout, held.config);
    if (!paged) return;
    if (at("map")) apart();
    if (!sheet.classList.contains("flowing")) trim();
  };

  window.snapshot = { ready: draw(), height: () => Math.ceil(box(sheet).height) };
})();
