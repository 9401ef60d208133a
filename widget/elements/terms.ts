/** Formatted text such as the privacy terms (LC-12): runs of text, never markup. */
import { html, type TemplateResult } from 'lit';
import type { WidgetConfig } from '../../core/visitorProtocol.ts';

export function terms(text: NonNullable<WidgetConfig['consent']>['text']): TemplateResult[] {
  return text.map((runs) => {
    const parts = runs.map(({ text: words, bold, italic, href }) => {
      const styled = html`<span class="${bold ? 'bold' : ''} ${italic ? 'italic' : ''}">${words}</span>`;
      return href && /^(https?:|mailto:)/i.test(href)
        ? html`<a href=${href} target="_blank" rel="noopener noreferrer">${styled}</a>`
        : styled;
    });
    return html`<p dir="auto">${parts}</p>`;
  });
}
