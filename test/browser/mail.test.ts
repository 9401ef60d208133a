import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Server } from '../support/server.ts';
import { setUp, type TestWorkspace } from '../support/workspace.ts';
import { startSmtp, type SmtpSimulator } from '../simulators/smtp.ts';

let smtp: SmtpSimulator;
let server: Server;
let admin: TestWorkspace;

beforeAll(async () => {
  smtp = await startSmtp();
  server = await startServer({
    env: {
      PARLEY_SMTP_URL: `smtp://parley:p%40ss@127.0.0.1:${smtp.port}`,
      PARLEY_MAIL_FROM: 'Parley <chat@example.com>',
      PARLEY_ALLOW_PRIVATE_NETWORK: '1',
    },
  });
  admin = await setUp(server);
});

afterAll(async () => {
  await server.stop();
  await smtp.close();
});

describe('mail over SMTP', () => {
  it('[LC-16] sends the install instructions of a channel to the website’s admin', async () => {
    const agent = await admin.agent();
    const channel = await admin.channel({ kind: 'agent', id: agent.agent.id }, { domains: ['shop.example'] });
    const embed = (await admin.call('GET', `/api/channels/${channel.id}/embed`)) as {
      code: string;
      mail: boolean;
    };
    expect(embed.mail).toBe(true);
    await admin.call('PATCH', '/api/settings', {
      workspaceName: 'Müller & Co',
      embedEmail: { subject: 'Chat für {{domain}}', body: 'Von {{company}}:\n\n{{code}}\n.\nDanke' },
    });
    await admin.call('POST', `/api/channels/${channel.id}/embed/email`, { to: 'Web@Shop.example' });

    const [mail] = smtp.mails;
    expect(mail).toMatchObject({ from: 'chat@example.com', to: ['web@shop.example'], auth: ' parley p@ss' });
    expect(mail?.data).toMatch(/^From: "?Parley"? <chat@example\.com>\r$/m);
    expect(mail?.data).toContain('Subject: =?UTF-8?Q?Chat_f=C3=BCr_shop');
    const text = readable(mail?.data ?? '');
    expect(text).toContain(`Von Müller & Co:\r\n\r\n${embed.code}\r\n.\r\nDanke`);
    expect(text).toContain('&lt;script src=');
    const audit = (await admin.call('GET', '/api/audit')) as {
      entries: { action: string; changes: unknown[] }[];
    };
    expect(audit.entries[0]).toMatchObject({
      action: 'channel.instructionsMailed',
      changes: [{ field: 'to', before: null, after: 'web@shop.example' }],
    });
  });

  it('[LC-16] shows what the mail server said when it does not take the mail', async () => {
    smtp.mood = 'refuse';
    const refused = admin.call('POST', '/api/settings/test-email', { to: 'nobody@example.com' });
    await expect(refused).rejects.toThrow('550 5.1.1 No such mailbox');
    smtp.mood = 'take';
    await admin.call('POST', '/api/settings/test-email', { to: 'somebody@example.com' });
    expect(smtp.mails.at(-1)?.to).toEqual(['somebody@example.com']);
  });

  it('[LC-16] answers, and goes on serving, when the mail server hangs up or is not there', async () => {
    smtp.mood = 'hangUp';
    const test = () => admin.call('POST', '/api/settings/test-email', { to: 'somebody@example.com' });
    await expect(test()).rejects.toMatchObject({ status: 503, code: 'unavailable' });
    await smtp.close();
    await expect(test()).rejects.toMatchObject({ status: 503, code: 'unavailable' });
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
  });
});

/** A mail's text with its quoted-printable encoding (RFC 2045) taken off. */
function readable(data: string): string {
  const bytes = data
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
