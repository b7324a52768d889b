// The sheet as SVG: every line of text as text, boxes and borders as shapes, maps as they are drawn.
snapshot.svg = () => {
  const NS = "http://www.w3.org/2000/svg";
  const sheet = document.getElementById("sheet");
  const origin = sheet.getBoundingClientRect();
  const size = { width: Math.round(origin.width), height: Math.round(origin.height) };
  const made = (name, attributes, text = "") => {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.textContent = text;
    return element;
  };
  const root = made("svg", { viewBox: `0 0 ${size.width} ${size.height}`, ...size, lang: document.documentElement.lang, role: "img", "aria-labelledby": "title desc" });
  root.append(made("title", { id: "title" }, document.title));
  root.append(made("desc", { id: "desc" }, document.querySelector("meta[name=description]").content));
  root.append(made("style", {}, [...document.styleSheets[0].cssRules].filter((r) => r.type === CSSRule.FONT_FACE_RULE).map((r) => r.cssText).join("\n")));
  const n = (value) => String(Math.round(value * 100) / 100);
  const placed = (box) => ({ x: n(box.left - origin.left), y: n(box.top - origin.top), width: n(box.width), height: n(box.height) });
  const seen = (colour) => colour && colour !== "transparent" && !/, 0\)$/.test(colour);

  const pen = document.createElement("canvas").getContext("2d");
  const ascent = (style) => {
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText("x");
    return up / (up + down);
  };
  // One element for each line that a text was broken into.
  const lines = (node) => {
    const range = document.createRange();
    const found = [];
    for (let i = 0; i < node.length; i += 1) {
      range.setStart(node, i);
      range.setEnd(node, i + 1);
      const box = range.getClientRects()[0];
      if (!box || !box.width) continue;
      const last = found.at(-1);
      const same = last && Math.abs(last.top - box.top) < 2 && (box.left >= last.right - 2 || last.upright);
      if (same) Object.assign(last, { text: last.text + node.data[i], right: box.right, bottom: box.bottom });
      else found.push({ text: node.data[i], left: box.left, right: box.right, top: box.top, bottom: box.bottom });
    }
    return found;
  };
  const HALO = { fill: "#fff", stroke: "#fff", "stroke-width": 3, "stroke-linejoin": "round", "aria-hidden": "true" };
  const words = (node, style, into) => {
    const font = { "font-family": "Inter, Arial, sans-serif", "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle, fill: style.color };
    for (const line of lines(node)) {
      if (!line.text.trim()) continue;
      const base = line.top + (line.bottom - line.top) * ascent(style);
      const text = line.text.replace(/\s+$/, "");
      const spot = { x: n(line.left - origin.left), y: n(base - origin.top), "xml:space": "preserve", ...font };
      if (style.textShadow !== "none") into.append(made("text", { ...spot, ...HALO }, text));
      into.append(made("text", spot, text));
    }
  };
  // A column's head written upwards is one turned line.
  const upright = (node, style, into) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    const [x, y] = [box.left - origin.left + box.width * ascent(style), box.bottom - origin.top];
    into.append(made("text", { transform: `translate(${n(x)} ${n(y)}) rotate(-90)`, "font-family": "Inter, Arial, sans-serif", "font-size": style.fontSize, "font-weight": style.fontWeight, fill: style.color }, node.data.trim()));
  };

  const ground = (element, style, into) => {
    const box = placed(element.getBoundingClientRect());
    const round = style.borderRadius.includes("%") ? box.width / 2 : parseFloat(style.borderRadius) || 0;
    const turned = style.transform.startsWith("matrix") && element.matches(".swatch-end") ? element.getBoundingClientRect() : null;
    const sides = ["Top", "Right", "Bottom", "Left"].map((side) => [parseFloat(style[`border${side}Width`]), style[`border${side}Color`], style[`border${side}Style`]]);
    const even = sides.every(([width, colour]) => width && width === sides[0][0] && colour === sides[0][1]);
    if (turned) {
      const [cx, cy, r] = [turned.left - origin.left + turned.width / 2, turned.top - origin.top + turned.height / 2, turned.width / 2];
      into.append(made("path", { d: `M${n(cx)} ${n(cy - r)}L${n(cx + r)} ${n(cy)}L${n(cx)} ${n(cy + r)}L${n(cx - r)} ${n(cy)}Z`, fill: "none", stroke: sides[0][1], "stroke-width": sides[0][0] }));
      return;
    }
    const cut = /^polygon\((.*)\)$/.exec(style.clipPath);
    if (cut) {
      const points = cut[1].split(",").map((pair) => pair.trim().split(/\s+/).map((part, i) => n(Number(i ? box.y : box.x) + (parseFloat(part) / 100) * (i ? box.height : box.width))).join(" "));
      into.append(made("path", { d: `M${points.join("L")}Z`, fill: style.backgroundColor }));
      return;
    }
    if (seen(style.backgroundColor) || even) {
      const fill = seen(style.backgroundColor) ? style.backgroundColor : "none";
      into.append(made("rect", { ...box, rx: n(round), fill, ...(even ? { stroke: sides[0][1], "stroke-width": sides[0][0] } : {}) }));
    }
    if (element.matches(".swatch-hatch")) hatch(box, getComputedStyle(document.documentElement), into);
    if (even) return;
    const [x, y, right, bottom] = [Number(box.x), Number(box.y), Number(box.x) + Number(box.width), Number(box.y) + Number(box.height)];
    const edges = [[x, y, right, y], [right, y, right, bottom], [x, bottom, right, bottom], [x, y, x, bottom]];
    sides.forEach(([width, colour, kind], i) => {
      if (!width || kind === "none" || !seen(colour)) return;
      const [x1, y1, x2, y2] = edges[i];
      into.append(made("line", { x1: n(x1), y1: n(y1), x2: n(x2), y2: n(y2), stroke: colour, "stroke-width": width, ...(kind === "dashed" ? { "stroke-dasharray": `${width * 2} ${width * 2}` } : {}) }));
    });
  };
  const hatch = (box, style, into) => {
    const [x, y, wide, high] = [box.x, box.y, box.width, box.height].map(Number);
    const colour = style.getPropertyValue("--hatch").trim();
    into.append(made("rect", { ...box, fill: style.getPropertyValue("--unclassified").trim() }));
    for (let at = 3; at < wide + high; at += 4) {
      const [x1, x2] = [Math.max(at - high, 0), Math.min(at, wide)];
      into.append(made("line", { x1: n(x + x1), y1: n(y + at - x1), x2: n(x + x2), y2: n(y + at - x2), stroke: colour, "stroke-width": 1 }));
    }
  };
  // A drawing keeps its shapes; its styles from the page go with it, and names get their halo.
  const PAINT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "vector-effect"];
  const drawing = (svg, into) => {
    const copy = svg.cloneNode(true);
    const [from, to] = [svg, copy].map((each) => [...each.querySelectorAll("path,rect,circle,line,polygon,polyline,text")]);
    from.forEach((shape, i) => {
      const style = getComputedStyle(shape);
      for (const name of PAINT) if (!to[i].style[name] && style.getPropertyValue(name)) to[i].style[name] = style.getPropertyValue(name);
    });
    for (const idle of copy.querySelectorAll(".draglayer,.hoverlayer,.menulayer,.infolayer")) idle.remove();
    for (const text of copy.querySelectorAll("text")) {
      const under = text.cloneNode(true);
      for (const each of [under, text]) each.style.whiteSpace = "";
      text.style.stroke = "none";
      Object.assign(under.style, { fill: "#fff", stroke: "#fff", strokeWidth: "3px", strokeLinejoin: "round" });
      under.setAttribute("aria-hidden", "true");
      text.before(under);
    }
    for (const name of ["class", "style"]) copy.removeAttribute(name);
    const box = placed(svg.getBoundingClientRect());
    for (const [key, value] of Object.entries(box)) copy.setAttribute(key, value);
    if (svg.classList.contains("main-svg")) copy.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    into.append(copy);
  };

  const walk = (element, into) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.visibility === "hidden" || element.matches(".sr-only,.modebar-container,script,style")) return;
    if (element instanceof SVGSVGElement) return drawing(element, into);
    ground(element, style, into);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) walk(child, into);
      else if (child.nodeType === Node.TEXT_NODE && child.data.trim())
        (style.writingMode === "vertical-rl" ? upright : words)(child, style, into);
    }
  };
  walk(sheet, root);
  const rounded = (attribute) => attribute.replace(/(\.\d{2})\d+/g, "$1");
  return new XMLSerializer().serializeToString(root).replace(/ (?:d|points|transform)="[^"]*"/g, rounded);
};
