/** From a quote to the message that it quotes. */

/** The element id of a message; ids of messages are made by providers too, so nothing of them is trusted. */
export const messageName = (id: string): string => `message-${encodeURIComponent(id)}`;

const foundForMs = 1_600;

/** Brings a message into view, marks it for a moment and moves the focus to it. */
export function showMessage(root: DocumentFragment | HTMLElement, id: string): void {
  const element = root.querySelector<HTMLElement>(`#${CSS.escape(messageName(id))}`);
  if (!element) return;
  element.scrollIntoView({ block: 'center' });
  element.focus({ preventScroll: true });
  element.classList.add('found');
  setTimeout(() => element.classList.remove('found'), foundForMs);
}
