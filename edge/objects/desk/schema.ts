/** A Desk's tables; docs/tables.md says who writes and who deletes each. Shipped steps never change. */
import { timersSchema } from '../timers.ts';
import { contactNamesSchema } from './contactNames.ts';
import { listsSchema } from './lists.ts';
import { pushesSchema } from './pushes.ts';
import { customersSchema, mentionsSchema, sessionsSchema } from './sessions.ts';
import { notificationsSchema, staffSchema } from './staff.ts';

export const deskSchema = [
  staffSchema + sessionsSchema,
  mentionsSchema,
  notificationsSchema + pushesSchema + timersSchema,
  contactNamesSchema + customersSchema,
  listsSchema,
] as const;
