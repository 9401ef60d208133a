/** Business hours, settings and the audit log. */
import * as z from 'zod';
import {
  auditEntry,
  hoursAnswer,
  settings,
  type AuditEntry,
  type HoursAnswer,
  type Settings,
  type SettingsInput,
} from '../../core/api.ts';
import type { BusinessHours } from '../../core/hours.ts';
import { call, nothing, type Answer } from './api.ts';
import type { LogPart } from './pages.ts';

const auditPage = z.object({ entries: z.array(auditEntry), complete: z.boolean() });

export const readHours = (): Promise<Answer<HoursAnswer>> => call('GET', '/api/hours', hoursAnswer);
export const saveHours = (hours: BusinessHours): Promise<Answer<HoursAnswer>> =>
  call('PUT', '/api/hours', hoursAnswer, hours);

export const readSettings = (): Promise<Answer<Settings>> => call('GET', '/api/settings', settings);
export const saveSettings = (input: SettingsInput): Promise<Answer<Settings>> =>
  call('PATCH', '/api/settings', settings, input);
export const sendTestMail = (to: string): Promise<Answer<unknown>> =>
  call('POST', '/api/settings/test-email', nothing, { to });

/** 50 entries before `before` (an entry's id), newest first; the newest ones without it. */
export const readAudit = (before?: number): Promise<Answer<LogPart<AuditEntry>>> =>
  call('GET', before === undefined ? '/api/audit' : `/api/audit?before=${before}`, auditPage);
