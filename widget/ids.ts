/** A new id for a message or request. Not `randomUUID`: plain HTTP pages have none. */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
