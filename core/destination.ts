/** Where inbound messages go (CH-06). */
import * as z from 'zod';

export const destination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('agent'), id: z.string().min(1, 'Choose an agent.') }),
  z.object({ kind: z.literal('queue'), id: z.string().min(1, 'Choose a message queue.') }),
  z.object({ kind: z.literal('platform') }),
]);
export type Destination = z.infer<typeof destination>;
