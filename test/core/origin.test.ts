import { describe, expect, it } from 'vitest';
import { isListedOrigin, isLoopbackHost, websiteDomain } from '../../core/origin.ts';

describe('website domains', () => {
  it('[LC-02] match exactly, or below `*.`, and nothing that only looks alike', () => {
    const domains = ['shop.example', '*.wild.example'];
    for (const good of ['https://shop.example', 'https://a.wild.example', 'https://a.b.wild.example']) {
      expect(isListedOrigin(good, domains), good).toBe(true);
    }
    const bad = [
      'https://www.shop.example',
      'https://shop.example.evil.example',
      'https://evilshop.example',
      'https://wild.example',
      'https://evilwild.example',
      'https://shop.example:8443',
      'https://shop.example/path',
      'null',
      'file://',
      'data:text/html,x',
      '',
      null,
    ];
    for (const origin of bad) expect(isListedOrigin(origin, domains), String(origin)).toBe(false);
  });

  it('[LC-02] a port belongs to the domain when it is listed with one; this machine may use any', () => {
    expect(isListedOrigin('https://shop.example:8443', ['shop.example:8443'])).toBe(true);
    expect(isListedOrigin('https://shop.example', ['shop.example:8443'])).toBe(false);
    expect(isListedOrigin('http://localhost:5173', ['localhost'])).toBe(true);
    expect(isListedOrigin('http://localhost:5173', ['shop.example'])).toBe(false);
  });

  it('[LC-02] are taken as people paste them, or refused with what to write', () => {
    expect(websiteDomain.parse(' https://WWW.Example.com/start?x ')).toBe('www.example.com');
    expect(websiteDomain.parse('*.example.com')).toBe('*.example.com');
    for (const wrong of ['', 'exa mple.com', '*.*.com', 'http://', '-x.com', 'a*.com']) {
      expect(websiteDomain.safeParse(wrong).success, wrong).toBe(false);
    }
  });

  it('knows which hosts are this machine', () => {
    expect(['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3'].every(isLoopbackHost)).toBe(true);
    expect(['127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1'].some(isLoopbackHost)).toBe(false);
  });
});
