/** What stands in the place of a conversation that is not, or not any more, in the agent's list. */
import { html, type TemplateResult } from 'lit';
import type { Gone } from '../data/desk-state.ts';
import '../elements/empty-state.ts';
import '../elements/webawesome.ts';

/** Who has the session now, if that is known. It can take the focus, which was in what it replaces. */
export function renderAway(gone: Gone | undefined, leave: () => void): TemplateResult {
  const back = html`<wa-button slot="action" appearance="outlined" @click=${leave}
    >Back to the list</wa-button
  >`;
  if (!gone?.by) {
    return html`<pl-empty icon="inbox" heading="This session is not in your list" role="status" tabindex="-1">
      It was removed, or it belongs to a queue that you are not in. ${back}
    </pl-empty>`;
  }
  const { by, name, transferred } = gone;
  const heading = transferred ? `Transferred to ${by}` : `Picked up by ${by}`;
  return html`<pl-empty icon="circleCheck" heading=${heading} role="status" tabindex="-1">
    ${transferred ? `${name} and the whole history are with ${by} from here on.` : `${name} is in good hands: ${by} answers from here on.`}
    ${back}
  </pl-empty>`;
}
