/**
 * SIP messages (RFC 3261) as far as a telephone exchange over WebSocket (RFC 7118) needs them, and the digest that
 * clients prove their password by (RFC 2617, and RFC 8760 for SHA-256). It shares no code with what it checks.
 */
import { createHash } from 'node:crypto';

export interface SipMessage {
  /** Of a request. */
  method?: string;
  uri?: string;
  /** Of a response. */
  status?: number;
  reason?: string;
  /** Names in small letters, in the order of the message; compact forms are written out. */
  headers: [name: string, value: string][];
  body: string;
}

const compact: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  c: 'content-type',
  l: 'content-length',
  k: 'supported',
};

/** Null for what is no SIP message, such as a keep-alive. */
export function parseSip(text: string): SipMessage | null {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    if (colon < 0) return [];
    const name = line.slice(0, colon).trim().toLowerCase();
    return [[compact[name] ?? name, line.slice(colon + 1).trim()]];
  });
  const body = rest.join('\r\n\r\n');
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(first);
  if (request) return { method: request[1] ?? '', uri: request[2] ?? '', headers, body };
  const response = /^SIP\/2\.0 (\d{3}) (.*)$/.exec(first);
  return response ? { status: Number(response[1]), reason: response[2] ?? '', headers, body } : null;
}

export function composeSip({ method, uri, status, reason, headers, body }: SipMessage): string {
  const first = method ? `${method} ${uri} SIP/2.0` : `SIP/2.0 ${status} ${reason}`;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}

/** The first header of that name; empty without one. */
export function header(message: SipMessage, name: string): string {
  return message.headers.find(([held]) => held === name)?.[1] ?? '';
}

/** `1001` of `"Name" <sip:1001@example.com;x=y>;tag=z`. */
export function userOf(address: string): string {
  return decodeURIComponent(/sips?:([^@;>]+)@/.exec(address)?.[1] ?? '');
}

export function tagOf(address: string): string {
  return /;tag=([^;\s]+)/.exec(address)?.[1] ?? '';
}

/** The URI inside `<…>`, or the whole. */
export function uriOf(address: string): string {
  return /<([^>]+)>/.exec(address)?.[1] ?? address.split(';')[0] ?? '';
}

/** The parameters of `Digest a="b", c=d`; null for another scheme. */
export function digestParts(value: string): Record<string, string> | null {
  if (!value.startsWith('Digest ')) return null;
  const parts = value.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries([...parts].map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']));
}

/** What a client has to answer to a challenge; `parts` are those of its own answer. */
export function digestAnswer(parts: Record<string, string>, method: string, password: string): string {
  const algorithm = parts['algorithm'] === 'SHA-256' ? 'sha256' : 'md5';
  const hash = (text: string) => createHash(algorithm).update(text).digest('hex');
  const { username = '', realm = '', nonce = '', uri = '', qop, nc = '', cnonce = '' } = parts;
  const secret = hash(`${username}:${realm}:${password}`);
  const request = hash(`${method}:${uri}`);
  return qop
    ? hash([secret, nonce, nc, cnonce, qop, request].join(':'))
    : hash(`${secret}:${nonce}:${request}`);
}
