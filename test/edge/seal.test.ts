import { describe, expect, it } from 'vitest';
import { hashPassword, isCommonPassword, verifyPassword } from '../../edge/password.ts';
import { seal, unseal } from '../../edge/seal.ts';
import { newSecret } from '../../edge/secrets.ts';

const place = { workspace: 'workspace', channel: 'one', field: 'secret' };

describe('sealing', () => {
  it('[GEN-09] opens what it sealed, and never seals the same text alike', async () => {
    const key = newSecret();
    const sealed = await seal(key, place, 'tösecret');
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    expect(await unseal(key, place, sealed)).toBe('tösecret');
    expect(await seal(key, place, 'tösecret')).not.toBe(sealed);
  });

  it('[GEN-09] does not open elsewhere, after a change, or with another key', async () => {
    const key = newSecret();
    const sealed = await seal(key, place, 'secret');
    for (const other of [
      { ...place, channel: 'two' },
      { ...place, field: 'token' },
      { ...place, workspace: 'x' },
    ]) {
      await expect(unseal(key, other, sealed)).rejects.toThrow();
    }
    const last = sealed.at(-2) === 'A' ? 'B' : 'A';
    await expect(unseal(key, place, `${sealed.slice(0, -2)}${last}${sealed.at(-1)}`)).rejects.toThrow();
    await expect(unseal(newSecret(), place, sealed)).rejects.toThrow('no sealing key');
    await expect(unseal(key, place, 'secret')).rejects.toThrow('not a sealed value');
  });

  it('[GEN-09] a new key in front seals, and the old one behind it still opens', async () => {
    const [old, fresh] = [newSecret(), newSecret()];
    const before = await seal(old, place, 'secret');
    expect(await unseal(`${fresh}, ${old}`, place, before)).toBe('secret');
    const after = await seal(`${fresh},${old}`, place, 'secret');
    expect(await unseal(fresh, place, after)).toBe('secret');
    await expect(seal('c2hvcnQ', place, 'secret')).rejects.toThrow('32 bytes');
    await expect(seal('', place, 'secret')).rejects.toThrow('empty');
  });
});

describe('passwords', () => {
  it('[GEN-02] are hashed with their own salt and parameters, and compared as typed on any keyboard', async () => {
    const hash = await hashPassword('Stra\u00dfenbahn caf\u00e9');
    expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$/);
    expect(await hashPassword('Stra\u00dfenbahn caf\u00e9')).not.toBe(hash);
    expect(await verifyPassword('Stra\u00dfenbahn cafe\u0301', hash)).toBe(true);
    expect(await verifyPassword('Stra\u00dfenbahn cafe', hash)).toBe(false);
    expect(await verifyPassword('', null)).toBe(false);
  });

  it('[GEN-01] are refused when anybody would try them first', () => {
    for (const bad of [
      'password123',
      'Passw0rd!!',
      '1234567890',
      'aaaaaaaaaaaa',
      'abababababab',
      'qwertyuiop',
      'admin12345',
      'A@Example.com',
    ]) {
      expect([bad, isCommonPassword(bad, ['a@example.com'])]).toEqual([bad, true]);
    }
    for (const good of ['correct horse 9', 'a long admin password', 'fGh7!kkPq2x', 'четыре слова тут']) {
      expect([good, isCommonPassword(good, ['a@example.com'])]).toEqual([good, false]);
    }
  });
});
