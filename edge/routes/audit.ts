/** The audit log (GEN-08). For admins. */
import { Hono } from 'hono';
import * as z from 'zod';
import { problem } from '../../core/errors.ts';
import { require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { problemResponse } from '../http.ts';

export const audit = new Hono<ApiEnv>();

audit.use(require('admin'));

const beforeId = z.coerce.number().int().positive().nullable();

/** GET /api/audit?before=ID: 50 entries, newest first. */
audit.get('/', async (c) => {
  const before = beforeId.safeParse(c.req.query('before') ?? null);
  if (!before.success) return problemResponse(problem('invalid_input', { field: 'before' }));
  return Response.json(await workspaceOf(c.env).auditPage(before.data));
});
