import { describe, expect, it, vi } from 'vitest';
import type { Env } from '../../edge/env.ts';
import { mailKind, mailer, parseAddress } from '../../edge/store/mail.ts';
import { composeMail } from '../../edge/store/mailTemplate.ts';
import { parseSmtpUrl } from '../../edge/store/smtp.ts';
import { bindings } from './rows.ts';

const values = {
  company: 'Müller & Söhne <GmbH>',
  code: '<script src="x?a=1&b=2"></script>',
  domain: 'shop.example',
};

describe('the instructions mail', () => {
  it('[LC-16] fills in company, code and domain, as text and as HTML that cannot be broken out of', () => {
    const template = {
      subject: 'Chat for {{ domain }}',
      body: 'From {{company}}:\n{{code}}\n<b>{{domain}} {{other}}</b>',
    };
    const mail = composeMail(template, values, 'web@example.com');
    expect(mail.to).toBe('web@example.com');
    expect(mail.subject).toBe('Chat for shop.example');
    expect(mail.text).toBe(`From ${values.company}:\n${values.code}\n<b>shop.example {{other}}</b>`);
    expect(mail.html).toContain('From Müller &amp; Söhne &lt;GmbH&gt;:<br>');
    expect(mail.html).toContain('&lt;script src=&quot;x?a=1&amp;b=2&quot;&gt;&lt;/script&gt;</code>');
    expect(mail.html).toContain('&lt;b&gt;shop.example {{other}}&lt;/b&gt;');
  });

  it('[LC-16] fills in once: a company called {{code}} stays {{code}}', () => {
    const mail = composeMail(
      { subject: '{{company}}', body: '{{company}}' },
      { ...values, company: '{{code}}' },
      'a@b.example',
    );
    expect([mail.subject, mail.text]).toEqual(['{{code}}', '{{code}}']);
    expect(mail.html).not.toContain('script');
  });
});

describe('the way mail goes', () => {
  const env = (change: Partial<Env>): Env => ({ ...bindings, ...change });
  const from = 'Parley <chat@example.com>';

  it('[LC-16] is SMTP where configured, else the platform’s, else none', () => {
    const smtp = 'smtp://mail.example.com';
    expect(mailKind(env({}))).toBe('none');
    expect(mailKind(env({ PARLEY_SMTP_URL: smtp }))).toBe('none');
    expect(mailKind(env({ PARLEY_SMTP_URL: smtp, PARLEY_MAIL_FROM: from }))).toBe('smtp');
    expect(mailKind(env({ PARLEY_MAIL_FROM: from }))).toBe('cloudflare');
    expect(mailKind(env({ PARLEY_MAIL_FROM: from, PARLEY_PLATFORM: 'workerd' }))).toBe('none');
    expect(mailer(env({}))).toBeNull();
  });

  it('[LC-16] reads addresses and servers', () => {
    expect(parseAddress('Parley <chat@example.com>')).toEqual({ name: 'Parley', email: 'chat@example.com' });
    expect(parseAddress('"Parley, Inc." <chat@example.com>')).toEqual({
      name: 'Parley, Inc.',
      email: 'chat@example.com',
    });
    expect(parseAddress(' chat@example.com ')).toEqual({ email: 'chat@example.com' });
    expect(parseSmtpUrl('smtp://user%40example.com:p%3Ass@mail.example.com')).toEqual({
      host: 'mail.example.com',
      port: 587,
      secure: false,
      credentials: { username: 'user@example.com', password: 'p:ss' },
    });
    expect(parseSmtpUrl('smtps://mail.example.com')).toMatchObject({
      port: 465,
      secure: true,
      credentials: null,
    });
    expect(parseSmtpUrl('smtp://127.0.0.1:443')).toMatchObject({ host: '127.0.0.1', port: 443 });
    expect(parseSmtpUrl('smtp://[::1]:2525')).toMatchObject({ host: '::1', port: 2525 });
    for (const bad of ['mail.example.com', 'smtp://', 'http://mail.example.com']) {
      expect(() => parseSmtpUrl(bad)).toThrow('smtp://');
    }
  });

  it('[LC-16] hands a mail to the platform without room for headers of somebody else', async () => {
    const send = vi.fn((_: unknown) => Promise.resolve());
    const binding = { send } as unknown as SendEmail;
    const transport = mailer(env({ PARLEY_MAIL_FROM: from, EMAIL: binding }));
    await transport?.send({
      to: 'web@example.com',
      subject: 'Hi\r\nBcc: x@example.com',
      text: 'T',
      html: '<p>T</p>',
    });
    expect(send).toHaveBeenCalledWith({
      from: { email: 'chat@example.com', name: 'Parley' },
      to: 'web@example.com',
      subject: 'Hi Bcc: x@example.com',
      text: 'T',
      html: '<p>T</p>',
    });
  });
});
