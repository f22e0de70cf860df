// Keeps the part of a page up to date that changes: asks for it every two seconds while somebody looks, and puts it into its
// place when it has changed. Without this script the page asks to be loaded anew by itself.
"use strict";
(() => {
  const EVERY_MS = 2000;
  const part = document.querySelector("[data-live]");
  const state = document.getElementById("live-state");
  const line = document.querySelector(".live-state");
  if (!part || !state || !line) {
    return;
  }
  let shown = "";
  const say = (answered) => {
    const words = answered ? "Live" : "No answer from the server; trying again";
    if (state.textContent !== words) {
      state.textContent = words;
      line.classList.toggle("lost", !answered);
    }
  };
  const refresh = async () => {
    // What has the keyboard's focus is not taken away.
    if (!document.hidden && !part.contains(document.activeElement)) {
      try {
        const answer = await fetch(part.dataset.live, { cache: "no-store" });
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        const text = await answer.text();
        if (text !== shown) {
          part.innerHTML = text; // escaped by the server, and no script in it would run
          shown = text;
        }
        say(true);
      } catch (lost) {
        say(false);
      }
    }
    setTimeout(refresh, EVERY_MS);
  };
  say(true);
  setTimeout(refresh, EVERY_MS);
})();
