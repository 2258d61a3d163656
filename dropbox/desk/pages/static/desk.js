/* Every page works without this. It knows a person who reads or types for long from a desk
   that was left, and takes a page away when the desk is locked; what was typed goes with it. */
"use strict";
(() => {
  const about = document.body.dataset;
  const token = document.querySelector("input[name=csrf_token]");
  let used = false;
  let left = false;

  const typed = () => [...document.querySelectorAll("textarea[name]")]
    .filter((each) => each.value !== each.defaultValue).map((each) => each.value).join("\n\n");

  const tell = (text) => fetch(about.here, {
    method: "POST",
    body: new URLSearchParams({ csrf_token: token.value, text }),
  });

  const leave = () => {
    left = true;
    document.body.hidden = true;
    location.replace(about.unlock);
  };

  const ask = async () => {
    if (left) return;
    try {
      const answer = used ? await tell("") : await fetch(about.here);
      used = false;
      if (answer.ok && (await answer.json()).open) return;
      const text = typed();
      if (text) await tell(text);
    } catch {
      /* the desk was stopped: there is nobody to keep it */
    }
    leave();
  };

  for (const sign of ["keydown", "input", "pointerdown", "wheel", "scroll"]) {
    document.addEventListener(sign, () => { used = true; }, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  document.addEventListener("submit", (event) => {
    const text = event.target.id === "lock" ? typed() : "";
    if (!text) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "text";
    field.value = text;
    event.target.append(field);
  });
  setInterval(ask, 1000 * Number(about.ask));
})();
