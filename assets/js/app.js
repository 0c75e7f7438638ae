// What the pages gain when scripts run. Without this file everything still works: the exit is a
// form, tabs are links, menus are <details>. Nothing typed or read is ever kept in the browser.
(function () {
  "use strict";

  const root = document.documentElement;
  const words = document.body.dataset;

  // --- Exit this page (R-X1) -------------------------------------------------------------------
  // Order matters: hide first, then end the session, then replace the entry in the history.
  const exitForm = document.querySelector("form[data-exit]");
  let leaving = false;

  // A draft that was typed on goes with the request that ends the session, and is kept first.
  // A page that locks by itself has what stands in any other form kept as well; an exit leaves none.
  function leavingBody(form) {
    const unsaved = document.querySelector("form[data-dirty] [data-draft]");
    const typed = form !== exitForm && document.querySelector("form[data-typed]");
    const source = unsaved ? unsaved.closest("form") : typed || form;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(source)) {
      if (typeof value === "string") body.append(name, value);
    }
    if (form !== exitForm) {
      body.set("next", new FormData(form).get("next") || "/");
      if (source === typed) body.set("kept_path", new URL(typed.action).pathname);
    }
    return body;
  }

  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element && event.target.closest("main form[method=post]");
    if (form) form.dataset.typed = "1";
  });

  function send(form, body) {
    return fetch(form.action, {
      method: "POST",
      body,
      credentials: "same-origin",
      // Browsers send on at most 64 KiB for a page that is gone.
      keepalive: String(body).length < 60000,
      redirect: "manual",
    });
  }

  function hide() {
    root.classList.add("is-leaving");
    document.title = words.neutralTitle || "Page";
  }

  function exit() {
    if (leaving || !exitForm) return;
    leaving = true;
    hide();
    const away = () => window.location.replace(exitForm.dataset.landing);
    // Half a second at most: a dead line must not keep anybody on this page.
    const late = window.setTimeout(away, 500);
    send(exitForm, leavingBody(exitForm))
      .catch(() => {})
      .finally(() => {
        window.clearTimeout(late);
        away();
      });
  }

  // The button may belong to the form of a draft, so that it saves it without a script too.
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".exit-button");
    if (!button || !exitForm) return;
    event.preventDefault();
    exit();
  });

  // Shift three times within five seconds, each pressed alone. Capital letters do not count.
  const EXIT_PRESSES = 3;
  const EXIT_WINDOW = 5000;
  const exitCount = document.getElementById("exit-count");
  let presses = 0;
  let combined = false;
  let forget = 0;

  function sayCount(text) {
    if (exitCount) exitCount.textContent = text || "";
  }

  function startOver() {
    presses = 0;
    window.clearTimeout(forget);
    sayCount("");
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      combined = event.shiftKey;
      startOver();
    }
  });

  document.addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !exitForm) return;
    if (combined) {
      combined = false;
      return;
    }
    presses += 1;
    window.clearTimeout(forget);
    if (presses >= EXIT_PRESSES) {
      exit();
      return;
    }
    forget = window.setTimeout(startOver, EXIT_WINDOW);
    sayCount(presses === 1 ? words.exitTwo : words.exitOne);
  });

  // htmx notes the address of the page for its history, and remembers it itself as well: what it
  // wrote down goes at once.
  function forgetAddress() {
    try {
      window.sessionStorage.clear();
    } catch {
      // Storage is switched off: then nothing was noted.
    }
  }
  const forgetSoon = () => window.setTimeout(forgetAddress, 0);
  window.addEventListener("load", forgetSoon);
  document.addEventListener("htmx:pushedIntoHistory", forgetSoon);
  document.addEventListener("htmx:afterSettle", forgetSoon);
  window.addEventListener("pagehide", forgetAddress);

  // A page the browser kept whole for the Back button may be older than the sign-out (R-X2).
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      root.classList.add("is-leaving");
      window.location.reload();
    }
  });

  // --- Not saved yet ---------------------------------------------------------------------------
  // A form marked data-unsaved says so from the first key until the server has answered.
  function note(form) {
    let place = form.querySelector("[data-unsaved-note]");
    if (!place) {
      place = document.createElement("p");
      place.className = "unsaved";
      place.setAttribute("role", "status");
      place.dataset.unsavedNote = "";
      (form.querySelector(".button-row") || form).append(place);
    }
    return place;
  }

  function mark(form, text) {
    const place = note(form);
    place.hidden = !text;
    place.textContent = text || "";
  }

  function dirtyForm(target) {
    return target instanceof Element ? target.closest("form[data-unsaved]") : null;
  }

  document.addEventListener("input", (event) => {
    const form = dirtyForm(event.target);
    if (!form || form.dataset.dirty) return;
    form.dataset.dirty = "1";
    mark(form, words.unsaved);
  });

  document.addEventListener("submit", (event) => {
    const form = dirtyForm(event.target);
    // Sent as a whole page: the browser now waits for the answer itself.
    if (form && !event.defaultPrevented) form.dataset.sent = "1";
  });

  window.addEventListener("beforeunload", (event) => {
    if (leaving) return;
    if (document.querySelector("form[data-dirty]:not([data-sent])")) event.preventDefault();
  });

  // --- Drafts: saved by htmx while somebody types; here is what happens when that fails ---------
  const draft = document.querySelector("[data-draft]");
  const signedOut = document.querySelector("[data-signed-out]");

  function saveDraft() {
    const form = draft && draft.closest("form[data-dirty]");
    if (form) form.dispatchEvent(new CustomEvent("draft-save"));
  }

  // The session ended, here or in another tab. The page keeps what was typed and goes on by itself
  // as soon as somebody has signed in again: all it needs is a fresh token against forged forms.
  async function renew() {
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#plain-post input[name=csrfmiddlewaretoken]");
    if (page.documentElement.dataset.shell !== "page" || !fresh) return;
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => {
      input.value = fresh.value;
    });
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh.value }));
    if (signedOut) signedOut.hidden = true;
    saveDraft();
  }

  if (draft) {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && signedOut && !signedOut.hidden) renew().catch(() => {});
    });
    window.addEventListener("online", saveDraft);
    // A line that was lost and came back unnoticed: try again now and then.
    window.setInterval(saveDraft, 20000);
  }

  // --- Idle lock (R-P6) ---------------------------------------------------------------------------
  // After the idle time the page is hidden, the draft kept, the session ended. Somebody who reads or
  // types meanwhile keeps the session by a quiet request now and then.
  const lockForm = document.querySelector("form[data-lock]");
  const idle = Number(words.idleSeconds || 0) * 1000;
  let lastActive = Date.now();
  let lastHeard = Date.now();

  function goOn() {
    root.classList.remove("is-leaving");
    leaving = false;
    lastActive = Date.now();
  }

  function lock() {
    leaving = true;
    hide();
    const away = () => window.location.replace(lockForm.dataset.landing);
    const late = window.setTimeout(away, 3000);
    send(lockForm, leavingBody(lockForm))
      .then((answer) => {
        window.clearTimeout(late);
        // 204: this person is at work in another tab.
        if (answer.status === 204) goOn();
        else away();
      })
      .catch(away);
  }

  function watch() {
    const now = Date.now();
    if (leaving) return;
    if (now - lastActive >= idle) lock();
    else if (lastActive > lastHeard && now - lastHeard >= idle / 3) {
      lastHeard = now;
      const token = lockForm.querySelector("input[name=csrfmiddlewaretoken]").value;
      fetch(lockForm.dataset.stillHere, {
        method: "POST",
        headers: { "X-CSRFToken": token },
        credentials: "same-origin",
        redirect: "manual",
      }).catch(() => {});
    }
  }

  if (lockForm && idle) {
    for (const sign of ["pointerdown", "keydown", "input", "scroll"]) {
      document.addEventListener(sign, () => (lastActive = Date.now()), { capture: true, passive: true });
    }
    document.addEventListener("htmx:afterRequest", () => (lastHeard = Date.now()));
    document.addEventListener("visibilitychange", watch);
    window.setInterval(watch, Math.min(5000, idle / 5));
  }

  // A form that comes back with an error still holds what was typed and not saved.
  function markReturned() {
    document.querySelectorAll("form[data-unsaved] [aria-invalid='true']").forEach((control) => {
      const form = dirtyForm(control);
      form.dataset.dirty = "1";
      mark(form, words.unsaved);
    });
  }
  markReturned();

  // --- Fragments ---------------------------------------------------------------------------------
  function say(text) {
    const place = document.getElementById("said");
    if (!place || !text) return;
    const line = document.createElement("p");
    line.className = "said said-attention";
    line.textContent = text;
    place.replaceChildren(line);
    place.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr;
    const shell = /<html[^>]*\sdata-shell="(\w+)"/.exec(answer.responseText || "");
    // Where a fragment was asked for and a sign-in page came back, go there as a whole page.
    if (shell && shell[1] !== root.dataset.shell) {
      event.detail.shouldSwap = false;
      if (event.detail.elt === draft) {
        // Going there would lose what was typed.
        if (signedOut) signedOut.hidden = false;
        return;
      }
      window.location.assign(answer.responseURL || window.location.href);
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = dirtyForm(event.detail.elt);
    const asked = event.detail.xhr && event.detail.xhr.responseURL;
    // An answer from somewhere else (the sign-in page) saved nothing.
    const elsewhere = asked && new URL(asked).pathname !== (draft && draft.getAttribute("hx-post"));
    if (event.detail.elt === draft && elsewhere) return;
    if (form && event.detail.successful) {
      delete form.dataset.dirty;
      mark(form, "");
    }
  });

  // Another part of the record is open now: what was said about the one before goes with it.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    const place = document.getElementById("said");
    if (place) place.replaceChildren();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const summary = event.detail.elt.querySelector("#error-summary");
    if (summary) summary.focus();
    markReturned();
  });

  document.addEventListener("htmx:sendError", (event) => {
    const form = dirtyForm(event.detail.elt);
    if (form) mark(form, words.lost);
    say(words.lost);
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.elt === draft && event.detail.xhr.status === 403 && !draft.dataset.renewed) {
      draft.dataset.renewed = "1";
      renew().catch(() => {});
      return;
    }
    say(event.detail.xhr.status === 403 ? words.refused : words.failed);
  });

  // --- Lists: j and k move, Enter opens (it is a link) -------------------------------------------
  // Single letters can be switched off in the menu (WCAG 2.1.4).
  const keysOn = words.listKeys !== "off";

  document.addEventListener("keydown", (event) => {
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key !== "j" && event.key !== "k") return;
    const here = document.activeElement;
    if (here && here.closest("input, textarea, select, [contenteditable]")) return;
    const links = Array.from(document.querySelectorAll("[data-rows] [data-row-link]"));
    if (!links.length) return;
    const at = links.findIndex((link) => link === here || link.closest("li, tr").contains(here));
    const to = at < 0 ? 0 : Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), links.length - 1);
    event.preventDefault();
    links[to].focus();
  });

  // --- Find or go to: Ctrl-K ---------------------------------------------------------------------
  // Without this the link in the top bar leads to the same box on a page of its own.
  const find = document.querySelector("dialog[data-find]");

  function openFind() {
    if (!find || find.open) return;
    find.showModal();
    const box = find.querySelector("input[name=words]");
    box.value = "";
    narrow("");
    box.focus();
  }

  function places() {
    return Array.from(find.querySelectorAll("[data-find-places] a"));
  }

  function narrow(typed) {
    const wanted = typed.trim().toLowerCase();
    for (const place of places()) {
      place.parentElement.hidden = !place.textContent.toLowerCase().includes(wanted);
    }
  }

  if (find) {
    document.addEventListener("keydown", (event) => {
      const asked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!asked || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      openFind();
    });
    document.addEventListener("click", (event) => {
      if (event.target === find) find.close();
      if (!event.target.closest("[data-find-open]") || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      openFind();
    });
    find.addEventListener("input", (event) => narrow(event.target.value));
    // Nothing that was typed stays in the page behind it.
    find.addEventListener("close", () => {
      find.querySelector("input[name=words]").value = "";
    });
    find.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const stops = [
        find.querySelector("input[name=words]"),
        ...places().filter((place) => !place.parentElement.hidden),
      ];
      const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      stops[Math.min(Math.max(at, 0), stops.length - 1)].focus();
    });
  }

  // --- Menus: close on Escape and on a press elsewhere ---------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    });
  });

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // --- Small helpers ---------------------------------------------------------------------------------

  // --- Paper: written down before it comes out (R-P7), by the button and by the browser's own way ---
  let printRecorded = false;
  async function recordPrint() {
    const token = document.querySelector("#plain-post input[name=csrfmiddlewaretoken]");
    const { printUrl, printMark } = document.body.dataset;
    if (!token || !printUrl) return true;
    const answer = await fetch(printUrl, {
      method: "POST",
      headers: { "X-CSRFToken": token.value },
      body: new URLSearchParams({ mark: printMark }),
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
    });
    return answer.status === 204;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-print]") : null;
    if (!button) return;
    const said = document.querySelector("[data-print-said]");
    const done = await recordPrint().catch(() => false);
    if (said) said.textContent = done ? "" : words.notPrinted || "";
    if (!done) return;
    printRecorded = true;
    window.print();
  });

  // The browser draws the sheet as soon as this event is over, so here alone an answer is waited
  // for. Without one the style keeps the page off the paper.
  function recordPrintNow() {
    const token = document.querySelector("#plain-post input[name=csrfmiddlewaretoken]");
    const { printUrl, printMark } = document.body.dataset;
    if (!token || !printUrl) return true;
    const ask = new XMLHttpRequest();
    ask.open("POST", printUrl, false);
    ask.setRequestHeader("X-CSRFToken", token.value);
    ask.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    try {
      ask.send(new URLSearchParams({ mark: printMark }).toString());
    } catch {
      return false;
    }
    return ask.status === 204;
  }
  window.addEventListener("beforeprint", () => {
    const recorded = printRecorded || recordPrintNow();
    document.documentElement.toggleAttribute("data-print-ready", recorded);
  });
  window.addEventListener("afterprint", () => {
    printRecorded = false;
    document.documentElement.removeAttribute("data-print-ready");
  });

  // Buttons that only a script can serve are hidden until there is one.
  document.querySelectorAll("[data-needs-script]").forEach((element) => {
    element.hidden = false;
  });

  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
})();
