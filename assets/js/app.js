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

  function exit() {
    if (leaving || !exitForm) return;
    leaving = true;
    root.classList.add("is-leaving");
    document.title = words.neutralTitle || "Page";
    const away = () => window.location.replace(exitForm.dataset.landing);
    // Half a second at most: a dead line must not keep anybody on this page.
    const late = window.setTimeout(away, 500);
    fetch(exitForm.action, {
      method: "POST",
      body: new FormData(exitForm),
      credentials: "same-origin",
      keepalive: true,
      redirect: "manual",
    })
      .catch(() => {})
      .finally(() => {
        window.clearTimeout(late);
        away();
      });
  }

  if (exitForm) {
    exitForm.addEventListener("submit", (event) => {
      event.preventDefault();
      exit();
    });
  }

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

  // htmx notes the address of the page for its history; it goes with the page.
  window.addEventListener("pagehide", () => {
    try {
      window.sessionStorage.clear();
    } catch {
      // Storage is switched off: then nothing was noted.
    }
  });

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
      window.location.assign(answer.responseURL || window.location.href);
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = dirtyForm(event.detail.elt);
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
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-print]") : null;
    if (button) window.print();
  });

  // Buttons that only a script can serve are hidden until there is one.
  document.querySelectorAll("[data-needs-script]").forEach((element) => {
    element.hidden = false;
  });

  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();
})();
