// A click on a mark brings its source to view; messages are text, not HTML, to a clipboard or a screen reader.
(() => {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#src-"]');
    const source = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!source) return;
    const folded = source.closest("details");
    if (folded) folded.open = true;
    source.scrollIntoView({ block: "nearest" });
    source.focus({ preventScroll: true });
  });

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
    for (const message of document.querySelectorAll('[aria-label*="message: <div class="]')) {
      message.setAttribute("aria-label", message.getAttribute("aria-label").split(": ", 1)[0]);
    }
  };
  new MutationObserver(name).observe(document, { subtree: true, childList: true, attributeFilter: ["aria-label"] });

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
