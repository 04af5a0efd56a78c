// What the page does in the browser: marks, sources, documents, skills; messages are text, not HTML, to a clipboard or
// a screen reader.
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const query = new URLSearchParams(location.search);
  if (query.has("embed")) document.documentElement.classList.add("embed");

  // --- marks and their sources ---------------------------------------------------------------------
  const sourceOf = (link) => document.getElementById(link.getAttribute("href").slice(1));

  const showSources = (whose) => {
    one("#sources").dataset.shown = whose;
    for (const button of all("[data-sources]", one("#sources"))) {
      button.setAttribute("aria-pressed", String(button.dataset.sources === whose));
    }
  };

  const goTo = (source) => {
    if (source.closest(".earlier")) showSources("all");
    source.scrollIntoView({ block: "nearest" });
    source.focus({ preventScroll: true });
  };

  // The quote beside its mark, while the mark is pointed at or has the focus; Escape puts it away (WCAG 1.4.13).
  const tip = document.createElement("div");
  tip.id = "quote-tip";
  tip.setAttribute("role", "tooltip");
  tip.popover = "manual";
  let tipped = null;

  const hideTip = () => {
    if (!tipped) return;
    tipped.removeAttribute("aria-describedby");
    tipped = null;
    tip.hidePopover();
  };

  const showTip = (link) => {
    const quote = sourceOf(link) && one("blockquote", sourceOf(link));
    if (!quote || link === tipped) return;
    hideTip();
    if (!tip.isConnected) document.body.append(tip);
    const place = document.createElement("span");
    place.textContent = one(".place code", sourceOf(link)).textContent;
    tip.replaceChildren(quote.textContent, place);
    tip.showPopover();
    const at = link.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const below = at.bottom + 6 + size.height <= innerHeight;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
    link.setAttribute("aria-describedby", tip.id);
    tipped = link;
  };

  const markAt = (target) => target.closest?.('sup.mark a[href^="#src-"]');
  document.addEventListener("pointerover", (event) => {
    const link = markAt(event.target);
    if (link) showTip(link);
    else if (!tip.contains(event.target)) hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const link = markAt(event.target);
    link ? showTip(link) : hideTip();
  });
  document.addEventListener("scroll", hideTip, { capture: true, passive: true });

  // --- documents -----------------------------------------------------------------------------------
  const reader = document.createElement("dialog");
  reader.id = "reader";
  reader.innerHTML =
    '<header><a target="_blank">Open in a new tab</a><button type="button" autofocus>Close</button></header>';
  one("button", reader).addEventListener("click", () => reader.close());
  reader.addEventListener("close", () => one("iframe", reader)?.remove());

  const openDocument = (link) => {
    if (!reader.isConnected) document.body.append(reader);
    const frame = document.createElement("iframe");
    frame.title = "Document";
    frame.src = link.href;
    one("a", reader).href = link.href;
    reader.append(frame);
    reader.showModal();
  };

  // --- questions from elsewhere on the page --------------------------------------------------------
  const ask = (question) => {
    one('#views [role="tab"]').click();
    const box = one("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    // Gradio takes the text up before it hears the key.
    setTimeout(() => box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true })), 50);
  };

  // --- skills --------------------------------------------------------------------------------------
  const filterSkills = () => {
    const text = one("#skill-filter").value.trim().toLowerCase();
    const verdict = one("#skill-verdict").value;
    let count = 0;
    for (const row of all("#skills tbody tr")) {
      const fits = verdict === "disputed" ? "disputed" in row.dataset : !verdict || row.dataset.verdict === verdict;
      row.hidden = !(fits && row.textContent.toLowerCase().includes(text));
      count += !row.hidden;
    }
    one("#skill-count").textContent = `${count} shown`;
  };

  const sortSkills = (button) => {
    const head = button.closest("th");
    const column = head.cellIndex;
    const isAscending = head.getAttribute("aria-sort") !== "ascending";
    for (const other of all("thead th[aria-sort]", head.closest("table"))) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
    const isRanked = button.dataset.sort === "verdict" || button.dataset.sort === "basis";
    const key = (row) => (isRanked ? Number(row.cells[column].dataset.key) : row.cells[column].textContent.toLowerCase());
    const rows = all("#skills tbody tr").map((row) => [key(row), row]);
    rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (isAscending ? 1 : -1));
    one("#skills tbody").append(...rows.map(([, row]) => row));
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("#skill-filter, #skill-verdict")) filterSkills();
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("a, button");
    if (!target) return;
    if (markAt(target) && sourceOf(target)) goTo(sourceOf(target));
    else if (target.dataset.sources) showSources(target.dataset.sources);
    else if (target.dataset.question) ask(target.dataset.question);
    else if (target.dataset.sort) sortSkills(target);
    else if (target.matches("#sources .open a, #skills td a") && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
      event.preventDefault();
      openDocument(target);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
  });

  // --- messages as text ----------------------------------------------------------------------------
  const isMessage = (text) => /^<div class="(answer|question|notice)/.test(text);

  const plainText = (message) => {
    const body = new DOMParser().parseFromString(message, "text/html").body;
    const places = new Map();
    for (const mark of body.querySelectorAll("sup.mark a")) {
      places.set(mark.textContent, mark.title);
      mark.textContent = `[${mark.textContent}]`;
    }
    for (const end of body.querySelectorAll("br")) end.replaceWith("\n");
    for (const item of body.querySelectorAll("li")) item.prepend("- ");
    for (const block of body.querySelectorAll("p, li, blockquote")) block.append("\n");
    const sources = [...places].map(([number, place]) => `[${number}] ${place}`);
    return [body.textContent.trim(), ...sources].join("\n");
  };

  // Gradio names each message by its source; a screen reader would spell out the HTML.
  const name = () => {
    for (const message of all('[aria-label*="message: <div class="]')) {
      message.setAttribute("aria-label", message.getAttribute("aria-label").split(": ", 1)[0]);
    }
    // The chatbot lets no aria-label through, and a title would cover the quote.
    for (const mark of all("#chat sup.mark a[title]")) {
      mark.setAttribute("aria-label", `Source ${mark.textContent}: ${mark.title}`);
      mark.removeAttribute("title");
    }
    one('#chat .examples[role="list"]')?.removeAttribute("role"); // of buttons, which are no list items
    for (const undo of all('#chat [aria-label="Undo"], #chat [title="Undo"]')) { // it puts the question back in its box
      undo.setAttribute("aria-label", "Edit the question");
      undo.title = "Edit the question";
    }
  };
  new MutationObserver(name).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-label", "title"] });

  // The browser saves the conversation itself; the server keeps no file.
  window.keepFile = (file) => {
    if (!file?.text) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  if (navigator.clipboard) {
    const write = navigator.clipboard.writeText.bind(navigator.clipboard);
    navigator.clipboard.writeText = (text) => write(isMessage(text) ? plainText(text) : text);
  }
  // Without https there is no navigator.clipboard, and Gradio copies from a text area.
  document.addEventListener("copy", (event) => {
    const copied = document.activeElement?.value;
    if (typeof copied !== "string" || !isMessage(copied)) return;
    event.clipboardData.setData("text/plain", plainText(copied));
    event.preventDefault();
  });
})();
