/** What makes another provider one file and one line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { providerOf, providers } from '../../../core/providers/registry.ts';

const root = join(import.meta.dirname, '../../..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

describe('the registry of providers', () => {
  it('[SMS-11] is the only place outside its own file that knows an SMS provider by name', () => {
    // "general" is also a word; Messenger and WhatsApp are kinds of channel of their own.
    const sms = Object.values(providers).filter(({ kind, id }) => kind === 'sms' && id !== 'general');
    const elsewhere = ['core', 'edge', 'admin', 'widget']
      .flatMap(sources)
      .filter((path) => !path.startsWith(join('core', 'providers')));
    expect(elsewhere.length).toBeGreaterThan(100);
    for (const path of elsewhere) {
      const code = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      for (const { id, label } of sms) {
        expect(code.includes(`'${id}'`) || code.includes(`'${label}'`), `${path} knows ${id}`).toBe(false);
      }
    }
  });

  it('[SMS-11] lists each provider under its own id, and no other', () => {
    for (const [id, provider] of Object.entries(providers)) {
      expect(provider.id).toBe(id);
      expect(providerOf(id)).toBe(provider);
    }
    expect(Object.keys(providers)).toHaveLength(10);
    for (const id of ['', 'toString', '__proto__', 'none']) expect(providerOf(id)).toBeNull();
  });

  it('[SMS-11] is explained member by member in CONTRIBUTING.md', () => {
    const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const members = new Set(Object.values(providers).flatMap((provider) => Object.keys(provider)));
    // What these are, their names say.
    for (const member of ['id', 'kind', 'label', 'canStart']) members.delete(member);
    for (const member of members) expect(page, member).toContain(`\`${member}\``);
  });
});
