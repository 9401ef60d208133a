/** What an admin changes of a campaign before it is sent: everything is checked before anything is kept. */
import type { CampaignInput } from '../../../core/campaign.ts';
import { refuseSender, refuseSending, sendAtOf, type CampaignFacts } from '../../../core/campaignCheck.ts';
import { columnsIn, phonebookColumns } from '../../../core/campaignText.ts';
import { refuse, type Refusal } from '../../answer.ts';
import { channelOf, workspaceOf, type Env } from '../../env.ts';
import type { CampaignSurroundings } from '../contracts.ts';
import { changesBetween, type Actor, type AuditAction } from '../workspace/audit.ts';
import type { CampaignState } from './state.ts';
import type { Takings } from './takings.ts';

export class Editing {
  constructor(
    private readonly env: Env,
    private readonly state: CampaignState,
    private readonly takings: Takings,
  ) {}

  /** Keeps what the form says, and sends it when the form says so. Null when it could be. */
  async save(actor: Actor, input: CampaignInput): Promise<Refusal | null> {
    const early = this.state.refuse('edit');
    if (early) return early;
    const surroundings = await this.surroundings(input);
    const facts = await this.facts(input, surroundings);
    // Sending may have begun meanwhile.
    const late = this.state.refuse('edit');
    if (late) return late;
    const now = Date.now();
    const isDraft = input.send.kind === 'draft';
    const wrong = isDraft ? refuseSender(input, facts) : refuseSending(input, facts, now);
    if (wrong) return { refusal: wrong };
    const { routing, route, counts } = surroundings;
    if (!routing || routing.type === 'facebook') return refuse('not_found');
    if (input.recipients.kind === 'phonebooks' && counts === null) {
      return refuse('invalid_input', {
        field: 'recipients.phonebooks',
        message: 'One of these phonebooks is not there any more. Choose another one.',
      });
    }
    const { input: before } = this.state.record;
    const names = {
      channel: routing.name,
      type: routing.type,
      destination: route?.agent?.name ?? route?.queue?.name ?? '',
    };
    this.state.change(
      () => ({
        input,
        names,
        estimate: counts,
        phase: isDraft ? 'draft' : 'scheduled',
        sendAt: sendAtOf(input, now),
      }),
      { actor, action: actionOf(input), changes: changesBetween(before, input) },
    );
    if (before.channel !== input.channel || before.number !== input.number) await this.takings.screenAgain();
    return null;
  }

  private async surroundings(input: CampaignInput): Promise<CampaignSurroundings> {
    const { channel, number, mode, recipients } = input;
    const phonebooks =
      recipients.kind === 'phonebooks'
        ? {
            ids: recipients.phonebooks,
            numberType: recipients.numberType,
            optedOut: await channelOf(this.env, channel).optedOutOf(number),
          }
        : null;
    const destination = mode.kind === 'sessions' ? mode.destination : null;
    return workspaceOf(this.env).campaignSurroundings({ channel, destination, phonebooks });
  }

  private async facts(input: CampaignInput, found: CampaignSurroundings): Promise<CampaignFacts> {
    const { content, mode, channel } = input;
    const { routing, route, counts } = found;
    const { recipients, record } = this.state;
    const isHere = routing?.saved === true && routing.nonce !== '';
    const templates =
      content.kind === 'template' && isHere ? (await channelOf(this.env, channel).templates()).templates : [];
    const used = columnsIn(content).map(({ column }) => column);
    const isList = input.recipients.kind === 'list';
    const { total, optedOut } = recipients.totals;
    return {
      channel: isHere
        ? {
            provider: routing.provider,
            enabled: routing.enabled,
            fields: routing.fields,
            numbers: routing.numbers.map((one) => one.number),
          }
        : null,
      template:
        content.kind === 'template' ? (templates.find(({ id }) => id === content.template.id) ?? null) : null,
      file: record.file,
      columns: isList ? record.columns : phonebookColumns,
      recipients: isList ? total - optedOut : (counts?.imported ?? 0),
      longest: isList && total > 0 ? recipients.longest(used) : someone(used),
      destinationFound: mode.kind === 'direct' || route !== null,
    };
  }
}

/** Stands for contacts of phonebooks, who are read when sending begins. */
function someone(columns: readonly string[]) {
  return {
    number: '+14155550100',
    name: 'Name',
    values: Object.fromEntries(columns.map((name) => [name, name])),
  };
}

function actionOf({ send }: CampaignInput): AuditAction {
  if (send.kind === 'draft') return 'campaign.changed';
  return send.kind === 'now' ? 'campaign.sent' : 'campaign.scheduled';
}
