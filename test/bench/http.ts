/** Posts as a provider does, over kept connections, as cheaply as Node can. */
import { Agent, request } from 'node:http';

export interface Posted {
  status: number;
  /** From sending to the end of the answer, ms. */
  ms: number;
}

export class Poster {
  private readonly agent: Agent;

  /** `connections` at most are open at once. */
  constructor(connections: number) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  }

  /** Status 0: no answer. */
  post(url: string, headers: Record<string, string>, body: string): Promise<Posted> {
    const started = performance.now();
    return new Promise((resolve) => {
      const done = (status: number) => resolve({ status, ms: performance.now() - started });
      const call = request(url, { method: 'POST', agent: this.agent, headers }, (answer) => {
        answer.on('end', () => done(answer.statusCode ?? 0)).on('error', () => done(0));
        answer.resume();
      });
      call.on('error', () => done(0));
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
