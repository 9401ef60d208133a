/** Message queues, as an admin edits them. */
import * as z from 'zod';
import { queue, type Queue, type QueueInput } from '../../core/queue.ts';
import { call, nothing, type Answer } from './api.ts';

const queueList = z.object({ queues: z.array(queue) });

export const listQueues = (): Promise<Answer<{ queues: Queue[] }>> => call('GET', '/api/queues', queueList);
export const createQueue = (input: QueueInput): Promise<Answer<Queue>> =>
  call('POST', '/api/queues', queue, input);
export const changeQueue = (id: string, input: QueueInput): Promise<Answer<Queue>> =>
  call('PATCH', `/api/queues/${encodeURIComponent(id)}`, queue, input);
export const deleteQueues = (ids: string[]): Promise<Answer<unknown>> =>
  call('POST', '/api/queues/delete', nothing, { ids });
