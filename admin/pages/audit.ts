/** /audit: who did what and when, with what it was before and after. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { AuditEntry } from '../../core/api.ts';
import { readAudit } from '../data/workspace.ts';
import { DayLog } from '../elements/day-log.ts';
import { clockTime, exactTime } from '../elements/times.ts';
import { base, page } from '../styles/shared.ts';
import { actionWords, fieldWords, valueWords } from './audit-words.ts';
import '../elements/empty-state.ts';
import '../elements/page-header.ts';

@customElement('pl-audit')
export class PlAudit extends LitElement {
  static override styles = [
    base,
    page,
    css`
      :host {
        max-width: 880px;
      }
      h2 {
        margin: var(--parley-space-6) 0 var(--parley-space-2);
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        font-weight: var(--parley-weight-medium);
      }
      ol {
        border: 1px solid var(--parley-border);
        border-radius: var(--parley-radius-card);
        overflow: hidden;
      }
      li {
        display: grid;
        grid-template-columns: 72px minmax(0, 1fr);
        gap: var(--parley-space-1) var(--parley-space-4);
        padding: var(--parley-space-3) var(--parley-space-4);
      }
      li + li {
        border-block-start: 1px solid var(--parley-border);
      }
      time {
        white-space: nowrap;
        color: var(--parley-text-3);
        font-variant-numeric: tabular-nums;
      }
      .what {
        overflow-wrap: anywhere;
      }
      .changes {
        grid-column: 2;
        min-width: 0;
      }
      summary {
        width: fit-content;
        color: var(--parley-text-3);
        font-size: var(--parley-text-small);
        cursor: pointer;
      }
      details[open] summary {
        margin-block-end: var(--parley-space-2);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(90px, auto) minmax(0, 1fr);
        gap: var(--parley-space-1) var(--parley-space-4);
        font-size: var(--parley-text-small);
      }
      dt {
        color: var(--parley-text-3);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .more {
        margin-block-start: var(--parley-space-4);
        text-align: center;
      }
      @media (max-width: 600px) {
        li,
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
        .changes {
          grid-column: 1;
        }
      }
    `,
  ];

  private log = new DayLog<AuditEntry>(this, readAudit);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.log.reload();
  }

  override render() {
    return html`
      <pl-page-header
        heading="Audit"
        help="Every change that an admin makes, and every failed sign-in. Secrets are never written down."
      ></pl-page-header>
      ${this.log.render(
        renderEntry,
        html`<pl-empty icon="log" heading="Nothing has happened yet"
          >Changes appear here as they are made.</pl-empty
        >`,
      )}
    `;
  }
}

function renderEntry(entry: AuditEntry): TemplateResult {
  return html`<li>
    <time datetime=${new Date(entry.at).toISOString()} title=${exactTime(entry.at)}
      >${clockTime(entry.at)}</time
    >
    <div class="what">
      <strong>${entry.who.name}</strong> ${actionWords(entry.action)}
      ${entry.target ? html`<strong>${entry.target.name}</strong>` : nothing}
      ${entry.address ? html`<span class="quiet small">from ${entry.address}</span>` : nothing}
    </div>
    ${entry.changes.length > 0 ? html`<div class="changes">${renderChanges(entry.changes)}</div>` : nothing}
  </li>`;
}

/** A new channel has some forty fields: a long list shows on demand. */
const changesAtOnce = 5;

function renderChanges(changes: AuditEntry['changes']): TemplateResult {
  const list = html`<dl>
    ${changes.map(
      (change) =>
        html`<dt>${fieldWords(change.field)}</dt>
          <dd>${renderChange(change.before, change.after)}</dd>`,
    )}
  </dl>`;
  if (changes.length <= changesAtOnce) return list;
  return html`<details>
    <summary>${changes.length} fields</summary>
    ${list}
  </details>`;
}

function renderChange(before: unknown, after: unknown): TemplateResult {
  const was = valueWords(before);
  const is = valueWords(after);
  if (was === '') return html`${is || 'empty'}`;
  return html`<span class="quiet">${was}</span> → ${is || 'empty'}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'pl-audit': PlAudit;
  }
}
