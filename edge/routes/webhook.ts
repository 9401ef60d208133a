/** /webhook/:provider/:token: where providers bring what customers write, and what became of our messages. */
import { Hono } from 'hono';
import type { Env } from '../env.ts';
import { takeWebhook } from '../intake.ts';

export const webhook = new Hono<{ Bindings: Env }>();

webhook.all('/webhook/:provider/:token', (c) =>
  takeWebhook(c.env, c.executionCtx, c.req.raw, c.req.param('provider'), c.req.param('token')),
);
