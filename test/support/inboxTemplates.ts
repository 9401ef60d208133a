/** Two templates of a WhatsApp account: positions with a place in the header, names with a picture. */
import type { TemplateRow } from '../simulators/providers/metaTemplates.ts';

export const inboxTemplates: TemplateRow[] = [
  {
    id: '1',
    name: 'pick_up',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'POSITIONAL',
    components: [
      { type: 'HEADER', format: 'LOCATION' },
      {
        type: 'BODY',
        text: 'Hello {{1}}, order {{2}} is ready.',
        example: { body_text: [['Anna', 'A-17']] },
      },
      { type: 'FOOTER', text: 'Example Shop' },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'See the order',
            url: 'https://example.com/o/{{1}}',
            example: ['https://example.com/o/17'],
          },
          { type: 'QUICK_REPLY', text: 'Thanks' },
        ],
      },
    ],
  },
  {
    id: '2',
    name: 'new_lamps',
    language: 'de',
    status: 'APPROVED',
    category: 'MARKETING',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['https://example.com/x.jpg'] } },
      {
        type: 'BODY',
        text: 'Hallo {{first_name}}, neue Lampen!',
        example: { body_text_named_params: [{ param_name: 'first_name', example: 'Anna' }] },
      },
    ],
  },
];
