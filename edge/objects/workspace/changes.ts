/** How the workspace changes: in one transaction, and with the Desk told before the caller hears. */
import type { Answer } from '../../answer.ts';
import { digest, newSecret } from '../../secrets.ts';

export class Changes {
  constructor(
    private readonly storage: DurableObjectStorage,
    /** Tells others what the transaction has written for them. */
    private readonly tell: () => Promise<void>,
  ) {}

  async run<T>(work: () => T): Promise<T> {
    const answer = this.storage.transactionSync(work);
    await this.tell();
    return answer;
  }

  /** A change that makes a secret token: `work` gets its digest to store, the caller gets the token. */
  async withToken<T extends object>(
    work: (tokenDigest: string) => Answer<T>,
  ): Promise<Answer<T & { token: string }>> {
    const token = newSecret();
    const tokenDigest = await digest(token);
    const answer = await this.run(() => work(tokenDigest));
    return 'refusal' in answer ? answer : { value: { ...answer.value, token } };
  }
}
