/** Random names and secrets, and the digests under which secrets are kept. */

/** A short id for a stored thing: 96 random bits as 16 characters that need no escaping in a URL. */
export function newId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(12)));
}

/** A secret for cookies, links and signing: 256 random bits, 43 characters. */
export function newSecret(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/**
 * The SHA-256 of a secret, which is what gets stored and looked up. No salt and no slow hash: the secrets
 * above cannot be guessed, and an index on the digest leaks nothing about them through timing.
 */
export async function digest(secret: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))));
}

export function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}
