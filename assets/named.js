// What the controls made by others lack: a name, a place in the order of the keyboard, a role that
// is that of what they hold.
(() => {
  const put = (element, name, value) => element.getAttribute(name) !== value && element.setAttribute(name, value);

  // A list of the rail: its label is part of its name, and it is itself the stop of the keyboard.
  const list = (trigger) => {
    const label = trigger.id.replace("filter-", "label-");
    const names = (trigger.getAttribute("aria-labelledby") || "").split(" ").filter((id) => id && id !== label);
    put(trigger, "aria-labelledby", [label, ...names].join(" "));
    put(trigger, "aria-haspopup", "dialog");
    put(trigger, "tabindex", "0");
  };
  // What it unfolds: boxes to tick, in a group named like it.
  const unfolded = (content) => {
    const trigger = document.querySelector(`.dash-dropdown[aria-controls="${CSS.escape(content.id)}"]`);
    const label = trigger ? trigger.id.replace("filter-", "label-") : "";
    put(content, "aria-labelledby", label);
    for (const options of content.querySelectorAll(".dash-options-list")) {
      put(options, "role", "group");
      put(options, "aria-labelledby", label);
    }
    for (const option of content.querySelectorAll(".dash-options-list-option"))
      for (const name of ["role", "aria-selected"]) if (option.hasAttribute(name)) option.removeAttribute(name);
  };
  const mend = () => {
    document.querySelectorAll("#rail .dash-dropdown").forEach(list);
    document.querySelectorAll(".dash-dropdown-content").forEach(unfolded);
    // The map is one stop, whose keys do what these buttons do.
    for (const button of document.querySelectorAll("#map .modebar-btn")) put(button, "tabindex", "-1");
  };

  // Looked at once a frame at most, and only when the rail, the map or a list has changed.
  const OURS = "#rail,#map,[data-radix-popper-content-wrapper]";
  let asked = 0;
  const changed = (records) => {
    const within = (node) => node instanceof HTMLElement && (node.matches(OURS) || node.querySelector(OURS));
    const ours = ({ target, addedNodes }) => target instanceof HTMLElement && !target.closest("#beside,#panel,#table") && (target.closest(OURS) || [...addedNodes].some(within));
    if (asked || !records.some(ours)) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      mend();
    });
  };
  new MutationObserver(changed).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["tabindex", "aria-labelledby", "aria-selected"],
  });
})();
