/** Hands messages of a campaign over: to the recipients' sessions, or straight to the channel's queue (CMP-05). */
import { addressPart, conversationName } from '../../../core/address.ts';
import { messageFor, type MessageKit } from '../../../core/campaignText.ts';
import type { Content } from '../../../core/content.ts';
import { outgoingFile } from '../../../core/exchange.ts';
import type { Route } from '../../../core/log.ts';
import type { OutgoingContent } from '../../../core/providers/provider.ts';
import { sendErrorOf } from '../../../core/sendError.ts';
import { channelOf, sessionOf, workspaceOf, type Env } from '../../env.ts';
import type { MessagingRouting, SendOrder } from '../contracts.ts';
import type { CampaignFiles } from './files.ts';
import { messageIdOf } from './messageIds.ts';
import { valuesOf, type RecipientRow } from './recipients.ts';
import type { CampaignState } from './state.ts';

/** How long what messages are made of is taken as known. */
const freshMs = 10_000;
/** Sessions that are told at once. */
const sessionsAtOnce = 16;

/** Keeps a campaign from going on until a person has put it right; the message says how. */
export class Trouble extends Error {}

/** What messages are made of, and where new sessions go (null: there are none). */
interface Makings {
  kit: MessageKit;
  route: Route | null;
}

interface Letter {
  row: RecipientRow;
  id: string;
  customer: string;
  shown: Content;
  outgoing: OutgoingContent;
}

export class Handover {
  private made: { at: number; makings: Makings } | null = null;

  constructor(
    private readonly env: Env,
    private readonly state: CampaignState,
    private readonly files: CampaignFiles,
  ) {}

  /** Hands the messages of these recipients over. Throws when somebody could not be reached: the rest is done then. */
  async hand(rows: readonly RecipientRow[], routing: MessagingRouting): Promise<void> {
    const { input } = this.state.record;
    const { kit, route } = await this.makings(routing);
    const screened = await channelOf(this.env, routing.id).screen(
      input.number,
      rows.map(({ number }) => number),
      routing.type === 'whatsapp',
    );
    // Somebody may have paused or cancelled it meanwhile.
    if (this.state.record.phase !== 'running') return;
    const letters: Letter[] = [];
    const skipped: { row: RecipientRow; reason: string | null }[] = [];
    for (const [index, row] of rows.entries()) {
      const { customer, optedOut } = screened[index] ?? { customer: row.number, optedOut: false };
      const message = optedOut ? null : messageFor(input.content, valuesOf(row), kit);
      if (message === null) skipped.push({ row, reason: null });
      else if ('refusal' in message) skipped.push({ row, reason: message.refusal.message });
      else
        letters.push({
          row,
          id: messageIdOf(this.state.record.id, row.id, row.attempt),
          customer,
          ...message,
        });
    }
    if (route === null) await this.toChannel(letters, routing);
    const refused = route === null ? new Set() : await this.toSessions(letters, route, routing);
    for (const { row } of letters) if (refused.has(row)) skipped.push({ row, reason: null });
    this.state.change(() => {
      const now = Date.now();
      for (const { row, reason } of skipped) {
        const error = reason === null ? null : sendErrorOf('invalid_parameter', { text: reason });
        this.state.recipients.skip(row, error, now);
      }
      this.state.recipients.handed(letters.map(({ row }) => row).filter((row) => !refused.has(row)));
      return {};
    });
  }

  private async toChannel(letters: readonly Letter[], routing: MessagingRouting): Promise<void> {
    const { id: campaign, input } = this.state.record;
    const orders = letters.map(({ id, customer, outgoing }): SendOrder => {
      const whole = { from: input.number, to: customer, content: outgoing, replyTo: null };
      return {
        conversation: '',
        message: id,
        round: 1,
        outgoing: { ...whole, byHuman: false, lastInboundAt: null },
        exempt: false,
        campaign,
      };
    });
    if (orders.length > 0) await channelOf(this.env, routing.id).enqueue(orders);
  }

  /** Answers whose sessions have refused: they know of an opt-out that the channel does not know yet. */
  private async toSessions(
    letters: readonly Letter[],
    route: Route,
    routing: MessagingRouting,
  ): Promise<Set<RecipientRow>> {
    const { id, input } = this.state.record;
    const campaign = { id, name: input.name };
    const refused = new Set<RecipientRow>();
    for (let at = 0; at < letters.length; at += sessionsAtOnce) {
      await Promise.all(
        letters
          .slice(at, at + sessionsAtOnce)
          .map(async ({ row, id: message, customer, shown, outgoing }) => {
            const name = conversationName({
              channel: routing.id,
              number: addressPart(input.number),
              customer: addressPart(customer),
            });
            const answer = await sessionOf(this.env, name).campaignSends({
              id: message,
              campaign,
              route,
              content: shown,
              prepared: outgoing.kind === 'template' ? outgoing : null,
            });
            if ('refusal' in answer) refused.add(row);
          }),
      );
    }
    return refused;
  }

  private async makings(routing: MessagingRouting): Promise<Makings> {
    const now = Date.now();
    if (this.made && now - this.made.at < freshMs) return this.made.makings;
    const { content, mode } = this.state.record.input;
    const kit: MessageKit = { template: null, file: null };
    if (content.kind === 'template') {
      const { templates } = await channelOf(this.env, routing.id).templates();
      kit.template = templates.find(({ id }) => id === content.template.id) ?? null;
      if (!kit.template) {
        throw new Trouble(
          'Its template is not there any more. Duplicate the campaign and choose another one.',
        );
      }
    }
    if (content.kind !== 'text') {
      const shown = await this.files.shared(now);
      kit.file = shown && { shown, outgoing: outgoingFile(shown, routing.webhookBase) };
    }
    const route = mode.kind === 'sessions' ? await this.route(mode.destination) : null;
    const makings = { kit, route };
    this.made = { at: now, makings };
    return makings;
  }

  private async route(destination: { kind: 'agent' | 'queue'; id: string }): Promise<Route> {
    const { channel } = this.state.record.input;
    const { route } = await workspaceOf(this.env).campaignSurroundings({
      channel,
      destination,
      phonebooks: null,
    });
    if (route) return route;
    const what = destination.kind === 'agent' ? 'agent' : 'message queue';
    throw new Trouble(`Its ${what} is not there any more. Duplicate the campaign and choose another one.`);
  }
}
