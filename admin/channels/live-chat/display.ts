/** Tab "Display & Appearance": how the widget looks, and what it tells of agents. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Appearance, LiveChatInput } from '../../../core/channel.ts';
import { radioField, selectField, textField } from '../../elements/fields.ts';
import type { Form } from '../../elements/form.ts';
import type { PlPicture } from '../../elements/picture-field.ts';
import '@awesome.me/webawesome/dist/components/color-picker/color-picker.js';
import '../../elements/picture-field.ts';

type LiveChatForm = Form<LiveChatInput>;

const colours = [
  { value: '#2f5bea', name: 'Blue' },
  { value: '#0b7285', name: 'Teal' },
  { value: '#2b8a3e', name: 'Green' },
  { value: '#c2410c', name: 'Orange' },
  { value: '#c92a2a', name: 'Red' },
  { value: '#a61e4d', name: 'Raspberry' },
  { value: '#6741d9', name: 'Violet' },
  { value: '#1f2430', name: 'Ink' },
] as const;

const themes = [
  { value: 'auto', label: "As the visitor's device" },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;
const launcherStyles = [
  { value: 'circle', label: 'Circle' },
  { value: 'pill', label: 'Pill with a label' },
] as const;
const launcherIcons = [
  { value: 'chat', label: 'Speech bubble' },
  { value: 'smile', label: 'Smile' },
  { value: 'help', label: 'Question mark' },
] as const;
const positions = [
  { value: 'bottomRight', label: 'Bottom right' },
  { value: 'bottomLeft', label: 'Bottom left' },
] as const;
const agentDisplays = [
  { value: 'nameAndPhoto', label: 'Name and Profile Photo' },
  { value: 'name', label: 'Name' },
  { value: 'none', label: 'None', help: 'Visitors see the default agent from Settings.' },
] as const;

export function displayTab(form: LiveChatForm): TemplateResult {
  const look = form.values.appearance;
  const set = (patch: Partial<Appearance>) =>
    form.set({ appearance: { ...form.values.appearance, ...patch } });
  return html`
    <section>
      <header><h2>Appearance</h2></header>
      ${colourField(look.accent, form.error('appearance.accent'), (accent) => set({ accent }))}
      ${radioField({
        label: 'Theme',
        inline: true,
        value: look.theme,
        choices: themes,
        change: (theme) => set({ theme }),
      })}
      <div class="pair">
        ${selectField({
          label: 'Launcher',
          value: look.launcher.style,
          choices: launcherStyles,
          change: (style) => set({ launcher: { ...look.launcher, style } }),
        })}
        ${selectField({
          label: 'Launcher icon',
          value: look.launcher.icon,
          choices: launcherIcons,
          change: (icon) => set({ launcher: { ...look.launcher, icon } }),
        })}
      </div>
      ${
        look.launcher.style === 'pill'
          ? textField({
              label: 'Launcher label',
              value: look.launcher.label,
              error: form.error('appearance.launcher.label'),
              help: "Empty takes the word of the visitor's language.",
              maxlength: 30,
              change: (label) => set({ launcher: { ...look.launcher, label } }),
            })
          : nothing
      }
      <div class="pair">
        ${selectField({
          label: 'Position',
          value: look.position,
          choices: positions,
          change: (position) => set({ position }),
        })}
        ${offsetField(
          'Distance from the side',
          look.offset.side,
          form.error('appearance.offset.side'),
          (side) => set({ offset: { ...look.offset, side } }),
        )}
        ${offsetField(
          'Distance from the bottom',
          look.offset.bottom,
          form.error('appearance.offset.bottom'),
          (bottom) => set({ offset: { ...look.offset, bottom } }),
        )}
      </div>
    </section>
    <section>
      <header><h2>Display</h2></header>
      <pl-picture
        label="Logo"
        kind="logo"
        .url=${look.logo}
        @change=${(event: Event) => set({ logo: (event.currentTarget as PlPicture).url })}
      ></pl-picture>
      ${textField({
        label: 'Title',
        value: look.title,
        error: form.error('appearance.title'),
        maxlength: 60,
        change: (title) => set({ title }),
      })}
      ${textField({
        label: 'Welcome text',
        value: look.welcome,
        error: form.error('appearance.welcome'),
        maxlength: 200,
        change: (welcome) => set({ welcome }),
      })}
      ${radioField({
        label: 'Agent information display',
        value: form.values.agentDisplay,
        choices: agentDisplays,
        change: (agentDisplay) => form.set({ agentDisplay }),
      })}
    </section>
  `;
}

function colourField(
  value: string,
  error: string | undefined,
  change: (value: string) => void,
): TemplateResult {
  return html`<div class="colour" role="group" aria-label="Colour">
    <span class="field-label">Colour</span>
    <div class="row">
      <wa-color-picker
        label="Own colour"
        format="hex"
        without-format-toggle
        size="s"
        .value=${value}
        @change=${(event: Event) => change((event.target as unknown as { value: string }).value.toLowerCase())}
      ></wa-color-picker>
      <div class="swatches">
        ${colours.map(
          (colour) =>
            html`<button
              type="button"
              aria-label=${colour.name}
              title=${colour.name}
              aria-pressed=${colour.value === value}
              style=${`background: ${colour.value}`}
              @click=${() => change(colour.value)}
            ></button>`,
        )}
      </div>
    </div>
    <p class="small quiet">Text on it turns dark or light by itself, so that it stays readable.</p>
    ${error ? html`<p class="field-error" data-invalid tabindex="-1">${error}</p>` : nothing}
  </div>`;
}

function offsetField(
  label: string,
  value: number,
  error: string | undefined,
  change: (value: number) => void,
): TemplateResult {
  return textField({
    label: `${label} (px)`,
    type: 'number',
    inputmode: 'numeric',
    value: Number.isNaN(value) ? '' : String(value),
    error: error && 'Use 0 to 200.',
    change: (text) => change(text.trim() === '' ? Number.NaN : Number(text)),
  });
}
