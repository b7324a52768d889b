// What the page does where the server or the network fails it: what is on screen stays, a bar says
// so, and what was asked is asked again.
(() => {
  const at = (id) => document.getElementById(id);
  const DASH = /_dash-(update-component|layout|dependencies)(\?|$)/;
  const AWAY = [502, 503, 504]; // what a proxy answers when the server is not there
  const PAUSE = 3000; // ms between two looks at whether the server is back
  const failed = new Map(); // the outputs that had no answer, with what was asked and its number
  let [number, shown] = [0, 0]; // of what was asked last, and of what the page shows
  let unmade = false; // the page itself had no answer
  let looking = 0;
  const busy = (yes) => at("main") && at("main").setAttribute("aria-busy", String(yes));

  const hide = () => {
    clearTimeout(looking);
    looking = 0;
    at("alive").replaceChildren();
  };
  const say = (text, retry = again) => {
    const told = at("alive").dataset;
    const button = (label, onclick) => Object.assign(document.createElement("button"), { textContent: label, onclick, className: "chip" });
    const said = Object.assign(document.createElement("span"), { textContent: text });
    at("alive").replaceChildren(said, button(told.retry, retry), button(told.close, hide));
  };

  // Ask again: what changed is told to Dash once more, as it was.
  const again = () => {
    if (unmade) return location.reload();
    const asked = [...failed.values()];
    failed.clear();
    hide();
    if (asked.length) busy(true);
    for (const { body } of asked) {
      const { inputs, changedPropIds } = body;
      const changed = inputs.filter(({ id, property }) => changedPropIds.includes(`${id}.${property}`));
      for (const { id, property, value } of changed.length ? changed : inputs)
        window.dash_clientside.set_props(id, { [property]: value });
    }
  };
  const look = async () => {
    clearTimeout(looking);
    const there = await fetched("ready", { cache: "no-store" }).then((answer) => answer.ok, () => false);
    if (there) again();
    else looking = setTimeout(look, PAUSE);
  };
  const away = () => {
    say(navigator.onLine ? at("alive").dataset.unreachable : at("alive").dataset.offline);
    clearTimeout(looking);
    looking = setTimeout(look, PAUSE);
  };

  const lost = async (body, order, answer) => {
    if (body && order < shown) return;
    if (body) failed.set(body.output, { body, order });
    else unmade = true;
    busy(false);
    if (!answer || AWAY.includes(answer.status)) return away();
    // Only a page that is loaded again leads to where one signs in.
    if (answer.status === 401) return say(at("alive").dataset.signedout, () => location.reload());
    const ours = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
    const text = ours ? await answer.text().catch(() => "") : "";
    say(text.trim() || at("alive").dataset.failed);
  };
  // The page shows its address again: what was asked before counts no more.
  const kept = (body, order) => {
    if (!body) return;
    const whole = body.output.includes("map.figure");
    if (whole) shown = Math.max(shown, order);
    const over = [...failed].filter(([output, each]) => each.order < order && (whole || output === body.output));
    for (const [output] of over) failed.delete(output);
    if ((whole || over.length) && !failed.size && navigator.onLine) hide();
  };

  const fetched = window.fetch.bind(window);
  window.fetch = async (address, options) => {
    if (!DASH.test(String(address.url || address))) return fetched(address, options);
    const body = options && options.body ? JSON.parse(options.body) : null;
    const order = ++number;
    let answer = null;
    try {
      answer = await fetched(address, options);
      if (answer.ok) {
        const held = answer.status === 204 ? null : await answer.blob();
        kept(body, order);
        return new Response(held, { status: answer.status, headers: answer.headers });
      }
    } catch {
      answer = null;
    }
    await lost(body, order, answer);
    return body ? new Response(null, { status: 204 }) : Response.error();
  };

  window.addEventListener("offline", () => say(at("alive").dataset.offline));
  window.addEventListener("online", () => (failed.size || unmade ? look() : hide()));
})();
