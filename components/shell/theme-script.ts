export const THEME_KEY = "dayfill_theme";

/** Runs in the head before the first paint, so that no page flashes in the wrong colours. Storage may be forbidden. */
export const THEME_SCRIPT = `(() => {
  let stored = null;
  try { stored = localStorage.getItem("${THEME_KEY}"); } catch {}
  const dark = stored === "dark" || (stored !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();`;
