/**
 * Password hashing with scrypt, in the Worker and never in an object: it takes about 150 ms of CPU, and an
 * object would make everybody else wait for it. Parameters: OWASP's N=2^14, r=8, p=5 (16 MiB), the most
 * that workerd's cap of N·r·p ≤ 2^20 leaves room for; they are stored with each hash.
 */
import { scrypt, timingSafeEqual } from 'node:crypto';

const cost = { N: 16_384, r: 8, p: 5 };
const keyBytes = 32;

/** `scrypt$16384$8$5$salt$key`, salt and key in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toBase64(), key.toBase64()].join('$');
}

/**
 * Whether the password is the one that was hashed. Without a hash (an unknown login, an agent who has not
 * chosen a password) it works as long as with one, so that the time tells nothing.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const stored = parseHash(hash ?? decoy);
  const key = await derive(password, stored.salt, stored.cost);
  return timingSafeEqual(key, stored.key) && hash !== null;
}

/** A hash of no password: its key is not derived from anything. */
const decoy = [
  'scrypt',
  cost.N,
  cost.r,
  cost.p,
  'AAAAAAAAAAAAAAAAAAAAAA==',
  new Uint8Array(keyBytes).toBase64(),
].join('$');

interface StoredHash {
  cost: typeof cost;
  salt: Uint8Array;
  key: Uint8Array;
}

function parseHash(hash: string): StoredHash {
  const [scheme, N, r, p, salt, key] = hash.split('$');
  if (scheme !== 'scrypt' || !salt || !key) throw new Error('not a password hash');
  return {
    cost: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Uint8Array.fromBase64(salt),
    key: Uint8Array.fromBase64(key),
  };
}

function derive(password: string, salt: Uint8Array, { N, r, p }: typeof cost): Promise<Uint8Array> {
  const maxmem = 256 * N * r;
  return new Promise((resolve, reject) => {
    // NFKC, so that the same characters typed on another keyboard or system give the same bytes.
    scrypt(password.normalize('NFKC'), salt, keyBytes, { N, r, p, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(new Uint8Array(key));
    });
  });
}

/**
 * Whether a password is among the first that anyone would try. Passwords have 10 characters at least, so
 * only long ones are listed; `names` are the account's own e-mail, name and extension.
 */
export function isCommonPassword(password: string, names: readonly string[] = []): boolean {
  const text = password.toLowerCase();
  if (new Set(text).size < 4) return true;
  if (names.some((name) => text === name.toLowerCase())) return true;
  if (sequences.some((sequence) => sequence.includes(text))) return true;
  return common.has(text) || commonWords.has(text.replace(/[\d\W_]+$/, ''));
}

const common = new Set([
  '1q2w3e4r5t',
  '1qaz2wsx3edc',
  'q1w2e3r4t5',
  'zaq12wsxcde3',
  'abcd1234567',
  'abc1234567',
  'password1password1',
  'passwordpassword',
  'trustno1trustno1',
  'iloveyou1234',
  'letmeinletmein',
  'correcthorsebatterystaple',
  'changeme1changeme1',
]);

/** Refused with whatever digits and signs follow: `password123!`. */
const commonWords = new Set([
  'password',
  'passw0rd',
  'p@ssword',
  'p@ssw0rd',
  'administrator',
  'admin',
  'adminadmin',
  'welcome',
  'letmein',
  'iloveyou',
  'changeme',
  'qwerty',
  'qwertyuiop',
  'asdfghjkl',
  'parley',
  'parleyadmin',
  'football',
  'baseball',
  'superman',
  'sunshine',
  'princess',
  'dragon',
  'monkey',
  'secret',
  'test',
  'testtest',
  'default',
  'company',
]);

const sequences = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
];
