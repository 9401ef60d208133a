/** Tab "Message": language, what is asked before a chat, the privacy terms, and the texts sent by themselves. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ConsentRule, FieldRule, LiveChatInput, PreChatForm } from '../../../core/channel.ts';
import { languages } from '../../../core/language.ts';
import { areaField, checkboxField, selectField, switchField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';
import type { PlRichText } from '../../elements/rich-text.ts';
import '../../elements/rich-text.ts';

type LiveChatForm = Form<LiveChatInput>;

const languageChoices = [
  { value: 'auto', label: "The visitor's browser decides" },
  ...Object.entries(languages).map(([value, { name }]) => ({ value, label: name })),
];
const rules: { value: FieldRule; label: string }[] = [
  { value: 'off', label: 'Off' },
  { value: 'optional', label: 'Optional' },
  { value: 'required', label: 'Required' },
];
const askedFor = [
  { field: 'firstName', label: 'First name' },
  { field: 'lastName', label: 'Last name' },
  { field: 'email', label: 'E-mail' },
  { field: 'phone', label: 'Phone' },
] as const;

export function messageTab(form: LiveChatForm): TemplateResult {
  return html`
    <section>
      <header><h2>Language</h2></header>
      ${selectField({
        label: 'Display language of the widget',
        value: form.values.language,
        choices: languageChoices,
        help: 'Your own texts below are sent as you write them.',
        change: (language) => form.set({ language: language as LiveChatInput['language'] }),
      })}
    </section>
    ${preChat(form)} ${consent(form)} ${messages(form)}
  `;
}

function preChat(form: LiveChatForm): TemplateResult {
  const { preChat: asked } = form.values;
  const set = (patch: Partial<PreChatForm>) => form.set({ preChat: { ...form.values.preChat, ...patch } });
  return html`<section>
    <header><h2>Pre-chat form</h2></header>
    ${switchField({
      label: 'Ask before the chat starts',
      checked: asked.enabled,
      change: (enabled) => set({ enabled }),
    })}
    ${
      asked.enabled
        ? html`${textField({
              label: 'Title',
              value: asked.title,
              error: form.error('preChat.title'),
              maxlength: 80,
              change: (title) => set({ title }),
            })}
            ${textField({
              label: 'Subtitle',
              value: asked.subtitle,
              error: form.error('preChat.subtitle'),
              maxlength: 200,
              change: (subtitle) => set({ subtitle }),
            })}
            <div class="rules">
              ${askedFor.map(({ field, label }) =>
                selectField({
                  label,
                  value: asked[field],
                  choices: rules,
                  change: (rule) => set({ [field]: rule }),
                }),
              )}
            </div>`
        : nothing
    }
  </section>`;
}

function consent(form: LiveChatForm): TemplateResult {
  const { consent: terms } = form.values;
  const set = (patch: Partial<ConsentRule>) => form.set({ consent: { ...form.values.consent, ...patch } });
  const error = form.errorWithin('consent.text');
  return html`<section>
    <header><h2>Data privacy and consent</h2></header>
    ${switchField({
      label: 'Show privacy terms',
      checked: terms.enabled,
      change: (enabled) => set({ enabled }),
    })}
    ${
      terms.enabled
        ? html`<pl-rich-text
              label="Privacy and consent text"
              .value=${terms.text}
              .error=${error ?? ''}
              ?data-invalid=${error !== undefined}
              @change=${(event: Event) => set({ text: (event.currentTarget as PlRichText).value })}
            ></pl-rich-text>
            ${checkboxField({
              label: 'Require explicit consent',
              help: 'Visitors tick a box before the chat starts; when and to what they agreed is kept with the session.',
              checked: terms.explicit,
              change: (explicit) => set({ explicit }),
            })}`
        : nothing
    }
  </section>`;
}

function messages(form: LiveChatForm): TemplateResult {
  const { messages: texts } = form.values;
  const field = (key: keyof typeof texts, label: string, help: string) =>
    areaField({
      label,
      help,
      value: texts[key],
      error: form.error(`messages.${key}`),
      maxlength: 1000,
      change: (text) => form.set({ messages: { ...form.values.messages, [key]: text } }),
    });
  return html`<section>
    <header>
      <h2>Messages</h2>
      <p>Sent by themselves when their moment comes.</p>
    </header>
    ${field('online', 'Online greeting message', 'When a visitor opens the chat and somebody is there.')}
    ${field('offline', 'Offline greeting message', 'Outside business hours, or when the agent is not available.')}
    ${field('autoResponse', 'Auto-response to the first message', "After a visitor's first message. Empty sends none.")}
    ${field('closed', 'Chat session closed message', 'When a session ends, whoever ends it.')}
  </section>`;
}
