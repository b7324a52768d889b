// A file that a person brings: sent, read by a mapping, tried, kept or removed. Whatever comes from
// the file is put in the page as text.
(() => {
  const at = (id) => document.getElementById(id);
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  };
  const dialog = () => at("upload");
  const words = () => JSON.parse(dialog().dataset.words);
  const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), words()[name]);
  const told = (text, wrong = false) => {
    at("upload-said").textContent = text;
    at("upload-said").classList.toggle("wrong", wrong);
  };

  // What is asked of the server; while it works, the seconds are told. One question at a time.
  const TYPES = { true: "application/octet-stream", false: "application/json" };
  let working = null;
  const asked = async (address, body, label, method = "POST") => {
    if (working) return null;
    working = new AbortController();
    const begun = performance.now();
    const focused = document.activeElement;
    const tick = () => told(`${label} ${say("seconds", { n: Math.round((performance.now() - begun) / 1000) })}`);
    const clock = setInterval(tick, 1000);
    told(label);
    at("upload-step").inert = true;
    try {
      const file = body instanceof Blob;
      const query = `${address.includes("?") ? "&" : "?"}lang=${document.documentElement.lang}`;
      const sent = { method, signal: working.signal, headers: { "Content-Type": TYPES[file] }, body: file ? body : JSON.stringify(body) };
      const answer = await fetch(`upload${address}${query}`, method === "DELETE" ? { method } : sent);
      const held = answer.status === 204 ? {} : await answer.json();
      told(answer.ok ? "" : held.error, !answer.ok);
      return answer.ok ? held : null;
    } catch (error) {
      told(error.name === "AbortError" ? "" : say("unreachable"), true);
      return null;
    } finally {
      clearInterval(clock);
      at("upload-step").inert = false;
      if (focused && focused.isConnected) focused.focus();
      working = null;
    }
  };

  // The step shown, with its buttons at the foot; the focus goes to its title.
  const STEPS = ["file", "columns", "preview", "done"];
  const step = (name, ...content) => {
    at("upload-steps").replaceChildren(
      ...STEPS.map((each, i) => {
        const item = make("li", { textContent: `${i + 1}. ${say(`step_${each}`)}` });
        if (each === name) item.setAttribute("aria-current", "step");
        return item;
      })
    );
    const title = make("h3", { textContent: say(`step_${name}`), tabIndex: -1 });
    at("upload-step").replaceChildren(title, ...content);
    dialog().scrollTop = 0;
    title.focus();
  };
  const button = (name, onclick, first = false) => make("button", { textContent: say(name), className: first ? "chip first" : "chip", onclick });
  const acts = (...buttons) => make("div", { className: "upload-acts" }, ...buttons);
  const choice = (label, options, value, onchange) => {
    const select = make("select", { ariaLabel: label, onchange }, ...options.map(([key, text]) => make("option", { value: key, textContent: text })));
    select.value = value;
    return select;
  };
  const table = (heads, rows, className = "", numbers = []) =>
    make("table", { className },
      make("thead", {}, make("tr", {}, ...heads.map((text, i) => make("th", { textContent: text, scope: "col", className: numbers.includes(i) ? "number" : "" })))),
      make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell, i) => make("td", { className: numbers.includes(i) ? "number" : "" }, cell))))));
  const note = (text, className = "") => make("p", { textContent: text, className });
  const section = (title, ...content) => make("section", {}, make("h4", { textContent: title }), ...content);

  let proposal = null; // what the server said of the file
  let mapping = null; // the mapping as the person corrects it
  let provenance = {}; // where the file comes from, as the person tells it
  let decided = {}; // the ends that were decided, with what was told of them
  const proposed = (held) => {
    proposal = held;
    mapping = held.mapping;
    provenance = held.provenance;
    decided = {};
  };

  // 1. The file, and what it is.
  const opening = () => {
    const again = async (changes) => {
      const held = await asked("/read", { kind: proposal.kind, sheet: proposal.sheet, ...changes }, say("sending"));
      const source = provenance;
      if (held) proposed({ ...held, provenance: source });
      opening();
    };
    const field = (name, control) => make("label", { className: "upload-fields" }, say(name), control);
    const source = (name) => field(`source_${name}`, make("input", { value: provenance[name], maxLength: 200, onchange: (e) => (provenance[name] = e.target.value) }));
    const sheets = proposal.sheets.length > 1;
    const error = at("upload-said").textContent;
    step("file",
      make("p", {}, make("strong", { textContent: proposal.file })),
      note(proposal.read_as, "soft"),
      proposal.source ? note(`${say("recognised")} ${proposal.source}`) : "",
      field("rows_are", choice(say("rows_are"), proposal.kinds, proposal.kind, (e) => again({ kind: e.target.value }))),
      sheets ? field("sheet", choice(say("sheet"), proposal.sheets.map((s) => [s, s]), proposal.sheet, (e) => again({ sheet: e.target.value, kind: "" }))) : "",
      note(say("source_lead"), "upload-source"),
      ...["title", "producer", "vintage", "licence"].map(source),
      acts(button("next", columns, true), button("cancel", () => dialog().close())));
    if (error) told(error, true);
  };

  // 2. The columns: for each role, the column that has it or a value for all rows.
  const FIXED = "\u0000";
  const role = ([name, label, values]) => {
    const [row, control, first] = [make("tr"), make("td", { className: "upload-column" }), make("td", { className: "soft" })];
    const options = [["", say("none")], ...proposal.columns.map(([column], i) => [String(i), column]), [FIXED, say("fixed")]];
    const place = proposal.columns.findIndex(([column]) => column === mapping.columns[name]);
    const start = place >= 0 ? String(place) : name in mapping.constants ? FIXED : "";
    const changed = () => (mapping.constants[name] = value.value);
    const value = values.length
      ? choice(`${say("value")} (${label})`, values, mapping.constants[name] || values[0][0], changed)
      : make("input", { ariaLabel: `${say("value")} (${label})`, value: mapping.constants[name] || "", onchange: changed, maxLength: 200 });
    const show = (chosen) => {
      delete mapping.columns[name];
      delete mapping.constants[name];
      value.hidden = chosen !== FIXED;
      if (chosen === FIXED) mapping.constants[name] = value.value;
      else if (chosen) mapping.columns[name] = proposal.columns[chosen][0];
      first.textContent = name in mapping.columns ? proposal.columns[chosen][1].filter(Boolean).join(" · ") : "";
    };
    const select = choice(label, options, start, (e) => show(e.target.value));
    show(start);
    control.append(select, value);
    row.append(make("th", { textContent: label, scope: "row", className: "upload-role" }), control, first);
    return row;
  };
  const roles = (held) => {
    const made = table([say("role"), say("column"), say("first")], [], "roles");
    made.tBodies[0].append(...held.map(role));
    return made;
  };
  const columns = () => {
    const known = (name) => name in mapping.columns || name in mapping.constants;
    const [used, others] = [proposal.roles.filter(([name]) => known(name)), proposal.roles.filter(([name]) => !known(name))];
    const label = (name) => (proposal.roles.find(([each]) => each === name) || [name, name])[1];
    const across = mapping.across.length ? [note(say("across", { role: label(mapping.across_is) })), note(mapping.across.join(" · "), "soft")] : [];
    step("columns",
      note(say("columns_lead")),
      note(proposal.needs, "soft"),
      ...across,
      roles(used),
      make("details", { open: !used.length }, make("summary", { textContent: `${say("others")} (${others.length})` }), roles(others)),
      proposal.personal.length ? note(`${say("personal")} ${proposal.personal.join(" · ")}`) : "",
      acts(button("try", tryOut, true), button("back", opening), button("cancel", () => dialog().close())));
  };
  const tryOut = async () => {
    const decisions = Object.fromEntries(Object.entries(decided).map(([end, { chosen }]) => [end, chosen]).filter(([, chosen]) => chosen));
    const held = await asked("/try", { ...mapping, decisions, provenance }, say("trying"));
    if (held) preview(held);
  };

  // 3. What would come in: every row has its place, each doubtful end its choice.
  const counts = (held) => {
    const signs = ["=", "+", "+"];
    const pieces = held.flatMap(([label, number], i) => {
      const pair = make("div", {}, make("dt", { textContent: label }), make("dd", { textContent: number }));
      return i ? [make("span", { textContent: signs[i - 1], ariaHidden: "true" }), pair] : [pair];
    });
    return make("dl", { className: "upload-counts" }, ...pieces);
  };
  const link = (name, label) => make("p", {}, make("a", { href: `upload/${name}`, download: name, textContent: say(label) }));
  const ends = (held) => {
    const waiting = [...Object.values(decided).filter(({ chosen }) => chosen), ...held.ends.filter(({ end }) => !(decided[end] || {}).chosen)];
    if (!waiting.length) return [];
    const rows = waiting.map((each) => {
      const pick = (e) => (decided[each.end] = { ...each, chosen: e.target.value });
      const control = choice(`${say("doubtful")} – ${each.name}`, [["", say("leave")], ...each.candidates], (decided[each.end] || {}).chosen || "", pick);
      return [each.name, each.reason, each.rows, control];
    });
    return [section(say("doubtful"),
      note(say("doubtful_lead"), "soft"),
      table([say("end"), say("reason"), say("times"), say("place")], rows, "ends"),
      held.more_ends ? note(say("more_ends", { n: held.more_ends }), "soft") : "",
      make("p", {}, button("apply", tryOut)),
      link("doubtful.csv", "doubtful_file"))];
  };
  const preview = (held) => {
    const kept = held.counts[1][2];
    const chosen = () => Object.values(decided).some(({ chosen, applied }) => chosen && !applied);
    for (const each of Object.values(decided)) each.applied = Boolean(each.chosen);
    const keep = async () => {
      if (chosen()) return tryOut();
      const answer = await asked("/keep", {}, say("keeping"));
      if (answer) done(held);
    };
    const keeper = button("keep", keep, true);
    keeper.disabled = !kept;
    step("preview",
      counts(held.counts),
      note(kept ? `${say("added")} ${held.added}.` : say("nothing")),
      ...ends(held),
      ...(held.remarks.length ? [section(say("remarks"), table([say("reason"), say("times")], held.remarks, "ways", [1]))] : []),
      ...(held.rows.length ? [section(say("refused"),
        table([say("reason"), say("times")], held.refused, "ways", [1]),
        make("details", {}, make("summary", { textContent: say("cells") }), table([say("line"), say("reason"), say("cells")], held.rows.map(([line, ...rest]) => [String(line), ...rest]), "", [0])),
        link("refused.csv", "refused_file"))] : []),
      ...(held.far.length ? [section(say("far"), table([say("end"), say("place"), say("km")], held.far, "", [2]))] : []),
      section(say("matched"), make("div", { className: "upload-ways" }, ...held.matched.map(([side, ways]) => table([side, say("times")], ways, "ways", [1])))),
      acts(keeper, button("back", columns), button("cancel", () => dialog().close())));
  };

  // 4. Kept: the report, and the way to the map.
  const done = (held) => {
    proposal = null;
    step("done",
      note(say("done", { file: brought })),
      counts(held.counts),
      note(`${held.added}.`),
      note(say("done_note"), "soft"),
      link("mapping.json", "mapping_file"),
      held.counts[2][2] ? link("doubtful.csv", "doubtful_file") : "",
      held.counts[3][2] ? link("refused.csv", "refused_file") : "",
      acts(button("see", () => location.assign(home()), true), button("another", () => choose())));
    kept = true;
  };
  let brought = "";
  let kept = false;
  const home = () => {
    const lang = new URLSearchParams(location.search).get("lang");
    return location.pathname + (lang ? `?lang=${lang}` : "");
  };

  const take = async (files) => {
    const [file, more] = files;
    if (!file || working) return;
    const said = at("bring-said");
    said.textContent = "";
    if (file.size > Number(dialog().dataset.most) * 1e6) return void (said.textContent = say("large"));
    step("file");
    told(say("sending"));
    if (!dialog().open) dialog().showModal();
    const held = await asked(`?name=${encodeURIComponent(file.name)}`, file.slice(), say("sending"));
    if (!held) return step("file", make("p", {}, make("strong", { textContent: file.name })), acts(button("another", () => choose(), true), button("close", () => dialog().close())));
    proposed(held);
    brought = held.file;
    opening();
    if (more) told(say("one"));
  };
  const choose = () => {
    const input = make("input", { type: "file" });
    input.onchange = () => take([...input.files]);
    input.click();
  };

  const closed = () => {
    if (working) working.abort();
    if (proposal) fetch("upload/pending", { method: "DELETE", keepalive: true });
    proposal = null;
    if (kept) location.reload();
    else at("bring-choose").focus();
  };
  const remove = async () => {
    if (!window.confirm(say("remove_all"))) return;
    const answer = await fetch("upload", { method: "DELETE" }).catch(() => null);
    if (answer && answer.ok) location.reload();
    else at("own").append(` ${say("unreachable")}`);
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#bring-choose")) choose();
    if (event.target.closest("[data-own=remove]")) remove();
  });
  // The dialog is made by the page after this file is read; its closing does not bubble.
  document.addEventListener("close", (event) => event.target.id === "upload" && closed(), true);

  // A file dropped anywhere on the view of the data; elsewhere it is not opened in the place of the page.
  const carries = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const here = () => dialog() && !dialog().open && document.querySelector(".view-data #bring");
  document.addEventListener("dragover", (event) => {
    if (!carries(event) || !dialog()) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = here() ? "copy" : "none";
    at("page").classList.toggle("dropping", Boolean(here()));
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || (at("page") && at("page").classList.remove("dropping")));
  document.addEventListener("drop", (event) => {
    if (!carries(event) || !dialog()) return;
    event.preventDefault();
    at("page").classList.remove("dropping");
    if (here()) take([...event.dataTransfer.files]);
  });
})();
