// Files are made while the page goes on: each has a line that says how far it is, and can be
// cancelled.
(() => {
  const at = (id) => document.getElementById(id);
  const words = () => at("tasks").dataset;

  // Where the hand has moved the maps, as the address of a picture writes it.
  const number = (value) => String(Math.round(value * 1e5) / 1e5);
  const moved = () => {
    const drawn = document.querySelector("#map .js-plotly-plot");
    const full = (drawn && drawn._fullLayout) || {};
    return ["geo", "geo2"]
      .filter((name) => full[name] && full[name]._subplot)
      .map((name) => {
        const { projection, center, _subplot } = full[name];
        const first = _subplot.viewInitial;
        const now = { "projection.scale": projection.scale, "center.lon": center.lon, "center.lat": center.lat, "projection.rotation.lon": projection.rotation.lon, "projection.rotation.lat": projection.rotation.lat };
        const same = Object.keys(now).every((key) => !(key in first) || Math.abs(now[key] - first[key]) < 1e-6);
        return same ? "" : `${name}:${Object.values(now).map(number).join(",")}`;
      })
      .filter(Boolean)
      .join(";");
  };

  const address = (link) => {
    const asked = new URL(link.href);
    if (!("sized" in link.dataset)) return asked;
    const size = at("picture-size").value;
    asked.searchParams.set("size", size === "own" ? at("picture-own").value.trim() : size);
    if (asked.pathname.endsWith(".png")) asked.searchParams.set("scale", at("picture-scale").value);
    const frame = moved();
    if (frame) asked.searchParams.set("frame", frame);
    return asked;
  };

  const line = (label, stop) => {
    const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
    const item = make("li", { className: "task" });
    const [said, bar] = [make("span", {}), make("progress", { max: 1 })];
    const button = make("button", { textContent: words().cancel, onclick: stop });
    bar.setAttribute("aria-label", label);
    said.setAttribute("aria-live", "off"); // the seconds are seen, not said
    item.append(make("strong", { textContent: label }), said, bar, button);
    at("tasks").firstElementChild.append(item);
    const begun = performance.now();
    const tell = () => (said.textContent = `${words().making}, ${Math.round((performance.now() - begun) / 1000)} s`);
    const clock = setInterval(tell, 1000);
    tell();
    return {
      far: (share, text) => {
        bar.value = share;
        if (text) clearInterval(clock), (said.textContent = text);
      },
      end: () => (clearInterval(clock), item.remove()),
      failed: (text) => {
        clearInterval(clock);
        bar.remove();
        said.removeAttribute("aria-live");
        said.textContent = `${words().failed} ${text}`;
        item.classList.add("failed");
        Object.assign(button, { textContent: words().close, onclick: () => item.remove() });
      },
    };
  };

  // The bytes of an answer, told as they come: by files where it says how many, else by size.
  const ENTRY = [0x50, 0x4b, 0x03, 0x04]; // what begins a file in a ZIP
  const received = async (answer, task) => {
    const files = Number(answer.headers.get("X-Files"));
    const size = Number(answer.headers.get("Content-Length"));
    const [reader, parts] = [answer.body.getReader(), []];
    let [got, entries, matched] = [0, 0, 0];
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Blob(parts, { type: answer.headers.get("Content-Type") });
      parts.push(value);
      got += value.length;
      if (!files && size) task.far(got / size);
      if (!files) continue;
      for (const byte of value) {
        matched = byte === ENTRY[matched] ? matched + 1 : Number(byte === ENTRY[0]);
        if (matched === ENTRY.length) [entries, matched] = [entries + 1, 0];
      }
      task.far(entries / files, words().files.replace("{n}", entries).replace("{total}", files));
    }
  };

  const saved = (window.saveFile = (blob, name) => {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });

  const taken = async (link) => {
    const stop = new AbortController();
    const task = line(link.textContent, () => stop.abort());
    try {
      const asked = address(link);
      const body = asked.searchParams.get("deck") === "scenes" ? window.ownScenes() : null;
      const sent = body ? { method: "POST", body } : {};
      const answer = await fetch(asked, { ...sent, signal: stop.signal });
      if (!answer.ok) return task.failed(await answer.text());
      const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
      saved(await received(answer, task), name ? name[1] : "corridors");
      task.end();
    } catch (error) {
      if (error.name === "AbortError") task.end();
      else task.failed(error.message);
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#exports a[download]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    taken(link);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "picture-size") at("picture-own-field").hidden = event.target.value !== "own";
  });
})();
