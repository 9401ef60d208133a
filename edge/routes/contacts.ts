/** Contacts (GEN-07): agents find, make and change them; what concerns many at once is for admins. */
import { Hono } from 'hono';
import { idsInput } from '../../core/api.ts';
import { contactInput } from '../../core/contact.ts';
import { contactsQuery, importInput, mergeInput } from '../../core/contactApi.ts';
import { problem } from '../../core/errors.ts';
import { actorOf, require, type ApiEnv } from '../access.ts';
import { workspaceOf } from '../env.ts';
import { problemResponse, readJson, readQuery, reply } from '../http.ts';

export const contacts = new Hono<ApiEnv>();

/** GET /api/contacts?search=…&phonebook=ID&after=NEXT&limit=N */
contacts.get('/', require('agent'), async (c) => {
  const query = readQuery(c.req.raw, contactsQuery);
  if ('refusal' in query) return reply(query);
  return c.json(await workspaceOf(c.env).listContacts(query.value));
});

/** GET /api/contacts/duplicates */
contacts.get('/duplicates', require('admin'), async (c) =>
  c.json(await workspaceOf(c.env).duplicateContacts()),
);

/** GET /api/contacts/:id */
contacts.get('/:id', require('agent'), async (c) => {
  const found = await workspaceOf(c.env).contact(c.req.param('id'));
  return found ? c.json(found) : problemResponse(problem('not_found'));
});

/** POST /api/contacts */
contacts.post('/', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, contactInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).createContact(actorOf(c), body.value));
});

/** PUT /api/contacts/:id: the whole contact. */
contacts.put('/:id', require('agent'), async (c) => {
  const body = await readJson(c.req.raw, contactInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeContact(actorOf(c), c.req.param('id'), body.value));
});

/** POST /api/contacts/delete */
contacts.post('/delete', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, idsInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeContacts(actorOf(c), { kind: 'delete', ids: body.value.ids }));
});

/** POST /api/contacts/merge: one stays and takes over what the others have. */
contacts.post('/merge', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, mergeInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeContacts(actorOf(c), { kind: 'merge', input: body.value }));
});

/** POST /api/contacts/import: a part of a file, all of its rows or none. */
contacts.post('/import', require('admin'), async (c) => {
  const body = await readJson(c.req.raw, importInput);
  if ('refusal' in body) return reply(body);
  return reply(await workspaceOf(c.env).changeContacts(actorOf(c), { kind: 'import', input: body.value }));
});
