/** The editor of a provider's channel: its settings, and once it is saved its event log and its templates. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Group } from '../../../core/agent.ts';
import type { Colleagues } from '../../../core/api.ts';
import type { ChannelDraft } from '../../../core/channelApi.ts';
import type { MessagingChannel, MessagingInput } from '../../../core/messagingChannel.ts';
import { providers, type ProviderId } from '../../../core/providers/registry.ts';
import type { Provider } from '../../../core/providers/provider.ts';
import { together, type Answer } from '../../data/api.ts';
import { changeChannel, createChannel, deleteChannels, openDraft, readWebhook } from '../../data/channels.ts';
import { listColleagues, listGroups } from '../../data/people.ts';
import { focusControl } from '../../elements/focus.ts';
import { Form } from '../../elements/form.ts';
import { onSubmit, saveBar } from '../../elements/form-parts.ts';
import { Loading } from '../../elements/loading.ts';
import type { PlTabs, TabItem } from '../../elements/tabs.ts';
import { go } from '../../router.ts';
import { base, fields, iconButton, section } from '../../styles/shared.ts';
import { deletionNotice } from '../deletion.ts';
import { credentialsSection, isAdvanced } from './credentials.ts';
import { editorStyles } from './editor-styles.ts';
import { generalSection } from './general.ts';
import type { PlHealth } from './health.ts';
import { blank, editedMessaging, messagingForm, newMessaging } from './input.ts';
import { numbersSection } from './numbers.ts';
import type { PlWebhook } from './webhook.ts';
import '../../elements/page-header.ts';
import '../../elements/tabs.ts';
import './events.ts';
import './health.ts';
import './templates.ts';
import './test-dialog.ts';
import './webhook.ts';

type Tab = 'settings' | 'events' | 'templates';

interface Loaded {
  people: Colleagues;
  groups: Group[];
  draft: ChannelDraft;
}

const typeWords = { sms: 'SMS', facebook: 'Facebook Messenger', whatsapp: 'WhatsApp' } as const;

@customElement('pl-messaging')
export class PlMessaging extends LitElement {
  static override styles = [base, section, fields, iconButton, editorStyles];

  /** Null makes a new one. */
  @property({ attribute: false }) channel: MessagingChannel | null = null;
  /** Of a new channel. */
  @property({ attribute: false }) provider: ProviderId = 'general';
  @state() private tab: Tab = 'settings';
  @state() private openNumber = -1;
  @state() private advancedOpen = false;
  @state() private testing = false;
  @state() private deleting = false;
  @query('pl-health') private health?: PlHealth;
  private form = new Form<MessagingInput>(this, blank);
  private loaded = new Loading(
    this,
    () => this.read(),
    (loaded) => this.begin(loaded),
  );

  private get adapter(): Provider {
    return providers[this.channel?.provider ?? this.provider];
  }

  private async read(): Promise<Answer<Loaded>> {
    const answer = await together(
      listColleagues(),
      listGroups(),
      this.channel ? readWebhook(this.channel.id) : openDraft(this.provider),
    );
    if ('problem' in answer) return answer;
    const [people, { groups }, draft] = answer.value;
    return { value: { people, groups, draft } };
  }

  private begin({ people, draft }: Loaded): void {
    const { channel, adapter } = this;
    this.form.reset(
      channel ? editedMessaging(channel, adapter) : newMessaging(this.provider, adapter, draft, people),
    );
    if (!channel || channel.numbers.length === 1) this.openNumber = 0;
  }

  private handleSubmit = onSubmit(async () => {
    const { channel, form, adapter } = this;
    const draft = this.loaded.value?.draft.id;
    const schema = messagingForm(adapter, channel?.secretsSet ?? []);
    const saved = await form.submit(schema, (input) =>
      channel ? changeChannel(channel.id, input) : createChannel(input, draft),
    );
    if (!saved) {
      this.tab = 'settings';
      if (isAdvanced(adapter, form.invalidPaths)) this.advancedOpen = true;
      return;
    }
    if (saved.type === 'liveChat') return;
    this.channel = saved;
    await form.markSaved(editedMessaging(saved, adapter));
    if (!channel) await go(`/channels/${encodeURIComponent(saved.id)}`, { replace: true });
    await this.updateComplete;
    if (saved.enabled) await this.health?.check();
  });

  private async delete(endSessions: boolean): Promise<void> {
    const { channel } = this;
    if (!channel) return;
    this.deleting = true;
    const gone = await this.form.delete(() => deleteChannels([channel.id], endSessions));
    this.deleting = false;
    if (gone) await go('/channels', { replace: true });
  }

  /** Takes those who type along to what they have just opened. */
  private focusOn = async (selector: string): Promise<void> => {
    await this.updateComplete;
    await focusControl(this.renderRoot.querySelector<HTMLElement>(selector));
  };

  override render() {
    const { channel, adapter } = this;
    const type = typeWords[adapter.kind];
    const kind = adapter.label === type ? type : `${type} · ${adapter.label}`;
    return html`
      <pl-page-header
        heading=${channel ? channel.name : `New ${type} channel`}
        help=${channel || adapter.kind === 'sms' ? kind : ''}
        back="/channels"
        back-label="Channels"
      >
        ${
          channel
            ? html`<wa-button slot="action" appearance="outlined" @click=${() => (this.testing = true)}>
                <pl-icon slot="start" name="send"></pl-icon>Send test message
              </wa-button>`
            : nothing
        }
      </pl-page-header>
      ${this.loaded.render((loaded) => this.renderTabs(loaded))}
      <pl-test-dialog
        .channel=${channel}
        .provider=${adapter}
        ?open=${this.testing}
        @look=${() => (this.tab = 'events')}
        @closed=${() => (this.testing = false)}
      ></pl-test-dialog>
    `;
  }

  private renderTabs(loaded: Loaded): TemplateResult {
    const { channel, tab } = this;
    if (!channel) return this.renderForm(loaded);
    const tabs: TabItem[] = [
      { id: 'settings', label: 'Settings' },
      { id: 'events', label: 'Event log' },
      ...(this.adapter.templates ? [{ id: 'templates', label: 'Templates' }] : []),
    ];
    return html`
      <pl-tabs
        label="Channel"
        .tabs=${tabs}
        .current=${tab}
        @change=${(event: Event) => (this.tab = (event.target as PlTabs).current as Tab)}
      ></pl-tabs>
      <div class="panel" role="tabpanel" aria-label="Settings" ?hidden=${tab !== 'settings'}>
        ${this.renderForm(loaded)}
      </div>
      ${
        tab === 'events'
          ? html`<div class="panel" role="tabpanel" aria-label="Event log">
              <pl-channel-events .channel=${channel.id}></pl-channel-events>
            </div>`
          : nothing
      }
      ${
        tab === 'templates'
          ? html`<div class="panel" role="tabpanel" aria-label="Templates">
              <pl-templates .channel=${channel.id}></pl-templates>
            </div>`
          : nothing
      }
    `;
  }

  private renderForm({ people, groups, draft }: Loaded): TemplateResult {
    const { form, channel, adapter } = this;
    return html`<form novalidate @submit=${this.handleSubmit}>
      ${deletionNotice(form.problem, this.deleting, () => void this.delete(true))}
      <div class="columns">
        ${generalSection(form, adapter)}
        <aside>
          ${channel ? html`<pl-health .channel=${channel.id} .enabled=${channel.enabled}></pl-health>` : nothing}
          <pl-webhook
            .provider=${adapter}
            .draft=${draft}
            .base=${form.values.webhookBase}
            .channel=${channel?.id ?? ''}
            @base=${(event: Event) => form.set({ webhookBase: (event.currentTarget as PlWebhook).base })}
          ></pl-webhook>
        </aside>
        ${credentialsSection({
          form,
          provider: adapter,
          secretsSet: channel?.secretsSet ?? [],
          advancedOpen: this.advancedOpen,
          openAdvanced: (open) => (this.advancedOpen = open),
          focusOn: (selector) => void this.focusOn(selector),
        })}
        ${numbersSection({
          form,
          provider: adapter,
          people,
          groups,
          open: this.openNumber,
          unfold: (index) => (this.openNumber = index),
          focusOn: (selector) => void this.focusOn(selector),
        })}
      </div>
      ${saveBar(form, {
        fresh: channel === null,
        deletion: channel && {
          label: 'Delete channel',
          question: 'Delete this channel? Its messages stay in the logs.',
          busy: this.deleting,
          confirmed: () => void this.delete(false),
        },
      })}
    </form>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-messaging': PlMessaging;
  }
}
