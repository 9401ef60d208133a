/** Focuses one of the library's controls, which can take the focus only after it has drawn itself. */
export async function focusControl(
  control: (HTMLElement & { updateComplete?: Promise<unknown> }) | null | undefined,
): Promise<void> {
  await control?.updateComplete;
  control?.focus();
}
