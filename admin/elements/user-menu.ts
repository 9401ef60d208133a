/** The person's own menu: presence, theme, profile, sign out. */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { presence as presences, presenceNames, type Presence } from '../../core/agent.ts';
import type { Me } from '../../core/api.ts';
import { signOut } from '../data/account.ts';
import { desk } from '../data/desk.ts';
import { install, installation } from '../data/installation.ts';
import { Watch } from '../data/store.ts';
import { go } from '../router.ts';
import { base } from '../styles/shared.ts';
import { chooseTheme, chosenTheme, type Theme } from '../styles/theme.ts';
import './avatar.ts';
import './icon.ts';
import './webawesome.ts';

const themes: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

@customElement('pl-user-menu')
export class PlUserMenu extends LitElement {
  static override styles = [
    base,
    css`
      button {
        position: relative;
        display: flex;
        align-items: center;
        gap: var(--parley-space-3);
        width: 100%;
        padding: var(--parley-space-2);
        border: 0;
        border-radius: var(--parley-radius);
        background: none;
        text-align: start;
      }
      button:hover {
        background: var(--parley-surface-4);
      }
      .who {
        display: grid;
        min-width: 0;
        line-height: 1.3;
      }
      .who span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      h3 {
        padding: var(--parley-space-2) var(--parley-space-3) var(--parley-space-1);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
      }
      .dot {
        display: inline-block;
        width: 8px;
        height: 8px;
        border-radius: var(--parley-radius-full);
        background: var(--parley-border-strong);
      }
      .available {
        background: var(--parley-green-dot);
      }
      .away,
      .businessTrip,
      .lunchBreak {
        background: var(--parley-amber-dot);
      }
      .doNotDisturb {
        background: var(--parley-red-dot);
      }
      wa-dropdown::part(menu) {
        min-width: 220px;
      }
      :host([compact]) .who {
        position: absolute;
        clip-path: inset(50%);
      }
      :host([compact]) button {
        justify-content: center;
        min-width: 44px;
        min-height: 44px;
        padding: 4px;
      }
      @media (min-width: 768px) and (max-width: 1199px) {
        .who {
          position: absolute;
          clip-path: inset(50%);
        }
      }
      @media (min-width: 768px) {
        :host([compact]) {
          display: none;
        }
      }
      @media (max-width: 767px) {
        :host(:not([compact])) {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) me: Me | null = null;
  @state() private theme: Theme = chosenTheme();
  @state() private problem = '';
  private desk = new Watch(this, desk.state);
  private installation = new Watch(this, installation);

  private handleSelect = async (event: CustomEvent<{ item: { value: string } }>) => {
    const { value } = event.detail.item;
    const chosen = presences.options.find((option) => `presence:${option}` === value);
    if (chosen) return this.choosePresence(chosen);
    for (const theme of ['system', 'light', 'dark'] as const) {
      if (value === `theme:${theme}`) {
        chooseTheme(theme);
        this.theme = theme;
      }
    }
    if (value === 'install') return install();
    if (value === 'profile') return go('/profile');
    if (value === 'signOut') await signOut(false);
  };

  private async choosePresence(presence: Presence): Promise<void> {
    const refusal = await desk.setPresence(presence);
    this.problem = refusal?.message ?? '';
  }

  override render() {
    const { me } = this;
    if (!me) return nothing;
    const { connection, presence } = this.desk.value;
    const entry = presence.get(me.id);
    const own: Presence = entry?.presence ?? 'available';
    const offline = connection !== 'online';
    const word = offline ? 'Not connected' : presenceNames[own];
    return html`<wa-dropdown placement="top-start" @wa-select=${this.handleSelect}>
        <button slot="trigger">
          <pl-avatar
            aria-hidden="true"
            size="28"
            .name=${me.name}
            .photo=${me.photo}
            .presence=${own}
            ?disconnected=${offline}
          ></pl-avatar>
          <span class="who"><span>${me.name}</span> <span class="quiet small">${word}</span></span>
          <span class="unseen">, presence and profile</span>
        </button>
        <h3>Presence</h3>
        ${presences.options.map(
          (option) =>
            html`<wa-dropdown-item
              type="checkbox"
              value=${`presence:${option}`}
              ?checked=${option === own}
              ?disabled=${offline}
            >
              <span slot="icon" class="dot ${option}"></span>${presenceNames[option]}
            </wa-dropdown-item>`,
        )}
        <wa-divider></wa-divider>
        <h3>Theme</h3>
        ${Object.entries(themes).map(
          ([theme, label]) =>
            html`<wa-dropdown-item type="checkbox" value=${`theme:${theme}`} ?checked=${theme === this.theme}
              >${label}</wa-dropdown-item
            >`,
        )}
        <wa-divider></wa-divider>
        <wa-dropdown-item value="profile"
          ><pl-icon slot="icon" name="user"></pl-icon>Profile</wa-dropdown-item
        >
        ${
          this.installation.value.offered
            ? html`<wa-dropdown-item value="install"
                ><pl-icon slot="icon" name="download"></pl-icon>Install the app</wa-dropdown-item
              >`
            : nothing
        }
        <wa-dropdown-item value="signOut"
          ><pl-icon slot="icon" name="signOut"></pl-icon>Sign out</wa-dropdown-item
        >
      </wa-dropdown>
      <span class="unseen" role="alert">${this.problem}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-user-menu': PlUserMenu;
  }
}
