/** What has the focus, however deep in the page it is; null where nothing has, as its element has gone. */
export function focused(): Element | null {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === document.body ? null : at;
}

/** Focuses one of the library's controls, which can take the focus only after it has drawn itself. */
export async function focusControl(
  control: (HTMLElement & { updateComplete?: Promise<unknown> }) | null | undefined,
): Promise<void> {
  await control?.updateComplete;
  control?.focus();
}
