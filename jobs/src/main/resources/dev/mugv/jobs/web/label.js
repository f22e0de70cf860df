// The desk at which an annotator labels by the keyboard: shows one item after the other without loading the page again, plays
// the two videos of a pair by one clock, sends answers and takes the last ones back.
"use strict";
(() => {
  const desk = document.getElementById("label-desk");
  if (!desk) {
    return;
  }
  const FALLBACK_FRAME_S = 1 / 24;
  const make = (name, text, className) => {
    const element = document.createElement(name);
    if (text) { element.textContent = text; }
    if (className) { element.className = className; }
    return element;
  };

  const progress = make("progress");
  progress.setAttribute("aria-label", "Labelled by you");
  const counted = make("p", "", "figure-small");
  counted.id = "label-progress";
  const prompt = make("p", "", "label-prompt");
  const stage = make("div", "", "label-stage");
  const questions = make("div", "", "label-questions");
  const say = make("p", "", "label-say");
  say.setAttribute("role", "status");
  const keys = make("p", "", "figure-small label-keys");
  for (const [key, what] of [["1 2 3", "answer"], ["Backspace", "take back an answer"], ["Enter", "send, next item"],
    ["U", "undo the last label"], ["Space", "pause or play"], [", .", "a frame back or on"], ["R", "from the start"]]) {
    keys.append(make("kbd", key), document.createTextNode(" " + what + "   "));
  }
  desk.append(progress, counted, prompt, stage, questions, say, keys);

  let item = null;
  let answers = {};
  let busy = false;

  // --- One clock for all videos of an item: the first one's.
  let videos = [];
  let frame = FALLBACK_FRAME_S;
  let paused = false;

  const begin = (video) => Number(video.dataset.from);
  const end = (video) => Number(video.dataset.to) || video.duration || Infinity;
  const seek = (offset) => videos.forEach((video) => {
    const last = Math.max(0, end(video) - begin(video) - frame / 2);
    video.currentTime = begin(video) + Math.min(Math.max(0, offset), Number.isFinite(last) ? last : offset);
  });
  const clock = () => (videos.length ? videos[0].currentTime - begin(videos[0]) : 0);
  const play = () => { paused = false; videos.forEach((video) => video.play().catch(() => {})); };
  const pause = () => { paused = true; videos.forEach((video) => video.pause()); seek(clock()); };
  const step = (frames) => { pause(); seek(clock() + frames * frame); };
  const restart = () => { seek(0); play(); };

  // Videos of one item are made at one rate; what of them is off by more than half a frame is put right.
  const keepInStep = () => {
    if (videos.length && videos.every((video) => video.readyState >= 2)) {
      if (videos.some((video) => video.ended || video.currentTime >= end(video) - 0.001)) {
        if (!paused) { restart(); }
      } else if (!paused) {
        for (const other of videos.slice(1)) {
          if (!other.seeking && Math.abs(other.currentTime - begin(other) - clock()) > frame / 2) {
            other.currentTime = begin(other) + clock();
          }
        }
      }
    }
    requestAnimationFrame(keepInStep);
  };
  requestAnimationFrame(keepInStep);

  const measureFrame = (video) => {
    if (!video.requestVideoFrameCallback) { return; }
    let last = -1;
    let seen = 0;
    const look = (now, facts) => {
      const passed = facts.mediaTime - last;
      if (last >= 0 && passed > 0.001) {
        frame = seen ? Math.min(frame, passed) : passed;
        seen++;
      }
      last = facts.mediaTime;
      if (seen < 12 && videos[0] === video) { video.requestVideoFrameCallback(look); }
    };
    video.requestVideoFrameCallback(look);
  };

  const show = (sides) => {
    stage.replaceChildren();
    videos = [];
    frame = FALLBACK_FRAME_S;
    paused = false;
    const given = sides.map((side) => side.reference).find((address) => address);
    if (given) {
      const picture = make("img", "", "label-reference");
      picture.src = given;
      picture.alt = "What it was made from";
      stage.append(picture);
    }
    sides.forEach((side, index) => {
      const figure = make("figure");
      const name = sides.length > 1 ? (index ? "Right" : "Left") : "";
      if (side.video) {
        const video = make("video");
        video.muted = true;
        video.playsInline = true;
        video.preload = "auto";
        video.dataset.from = side.from;
        video.dataset.to = side.to;
        video.src = side.video;
        video.setAttribute("aria-label", name || "Video");
        video.addEventListener("loadedmetadata", () => { video.currentTime = begin(video); });
        video.addEventListener("error", () => { say.textContent = "A video cannot be played here."; });
        figure.append(video);
        videos.push(video);
      } else if (side.picture) {
        const picture = make("img");
        picture.src = side.picture;
        picture.alt = "A frame of the clip; its video is out of reach";
        figure.append(picture);
      }
      if (name) { figure.append(make("figcaption", name)); }
      stage.append(figure);
    });
    if (videos.length) {
      measureFrame(videos[0]);
      Promise.all(videos.map((video) => new Promise((ready) => {
        video.addEventListener("canplay", ready, { once: true });
      }))).then(() => { if (!paused) { play(); } });
    }
  };

  // --- Questions and answers.
  const WORDS = { first: "left", second: "right" };
  const asked = () => item.axes.filter((axis) => !axis.asked || answers[axis.asked] === "yes");
  const current = () => asked().find((axis) => !answers[axis.name]);
  const draw = () => {
    questions.replaceChildren();
    if (!item) { return; }
    const now = current();
    asked().forEach((axis) => {
      const row = make("fieldset", "", axis === now ? "now" : "");
      row.dataset.axis = axis.name;
      row.append(make("legend", axis.question));
      axis.answers.forEach((answer, index) => {
        const button = make("button", "", answers[axis.name] === answer ? "given" : "");
        button.type = "button";
        button.append(make("kbd", String(index + 1)), document.createTextNode(" " + (WORDS[answer] || answer)));
        button.setAttribute("aria-pressed", String(answers[axis.name] === answer));
        button.addEventListener("click", () => give(axis, answer));
        row.append(button);
      });
      questions.append(row);
    });
    const send = make("button", "Send", "label-send");
    send.type = "button";
    send.disabled = Boolean(now) || busy;
    send.addEventListener("click", label);
    questions.append(send);
  };
  const give = (axis, answer) => {
    answers[axis.name] = answer;
    const kept = asked().map((each) => each.name);
    answers = Object.fromEntries(Object.entries(answers).filter(([name]) => kept.includes(name)));
    draw();
  };
  const takeBack = () => {
    const given = asked().filter((axis) => answers[axis.name]);
    if (given.length) {
      delete answers[given[given.length - 1].name];
      draw();
    }
  };

  // --- Talking to the server.
  const call = async (path, body) => {
    const answer = await fetch(path, body === undefined ? { cache: "no-store" } : {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": desk.dataset.csrf },
      body: JSON.stringify(body),
    });
    if (answer.status === 401) {
      location.assign("/annotate/login");
    }
    const said = await answer.json();
    if (!answer.ok) {
      throw new Error(said.message || String(answer.status));
    }
    return said;
  };
  const next = async (wanted) => {
    const got = await call(desk.dataset.batch + "/next" + (wanted ? "?item=" + encodeURIComponent(wanted) : ""));
    progress.max = Math.max(1, got.total);
    progress.value = got.given;
    counted.textContent = got.given + " of " + got.total + " labelled by you";
    answers = {};
    item = got.item ? got : null;
    desk.dataset.item = got.item;
    prompt.textContent = item ? item.prompt : "";
    show(item ? item.sides : []);
    if (!item) { say.textContent = "Done: there is nothing left for you here."; }
    draw();
  };
  const guarded = (work) => async () => {
    if (busy) { return; }
    busy = true;
    say.textContent = "";
    try {
      await work();
    } catch (failure) {
      say.textContent = failure.message;
    } finally {
      busy = false;
      draw();
    }
  };
  const label = guarded(async () => {
    if (item && !current()) {
      await call("/annotate/items/" + item.item + "/label", { answers });
      await next("");
    }
  });
  const undo = guarded(async () => {
    const back = await call(desk.dataset.batch + "/undo", {});
    await next(back.item);
    say.textContent = back.item ? "Taken back; label it again." : "There is nothing to take back.";
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof Element) || event.target.matches("input")) { return; }
    const onButton = event.target.matches("button");
    const key = event.key.toLowerCase();
    const now = item && current();
    if (now && /^[1-9]$/.test(key) && now.answers[Number(key) - 1]) { give(now, now.answers[Number(key) - 1]); }
    else if (key === "enter" && !onButton) { label(); }
    else if (key === "backspace") { takeBack(); }
    else if (key === "u") { undo(); }
    else if (key === " " && !onButton) { if (paused) { play(); } else { pause(); } }
    else if (key === ".") { step(1); }
    else if (key === ",") { step(-1); }
    else if (key === "r") { restart(); }
    else { return; }
    event.preventDefault();
  });

  guarded(() => next(""))();
})();
