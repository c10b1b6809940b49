/** Id of the range field; the shortcut `n` and the links to the form land on it. */
export const RANGE_FIELD_ID = "sync-range";

/** Brings the form into view and the caret into its range. Returns false where there is no form. */
export function focusRange(): boolean {
  const field = document.getElementById(RANGE_FIELD_ID);
  if (!(field instanceof HTMLInputElement)) return false;
  field.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
  field.select();
  return true;
}
