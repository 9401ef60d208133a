/** The message templates that the demo's WhatsApp account has. */
import type { TemplateRow } from './providers/metaTemplates.ts';

export const demoTemplates: TemplateRow[] = [
  {
    id: '1387000000000001',
    name: 'order_ready',
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Your order is ready' },
      {
        type: 'BODY',
        text: 'Hi {{first_name}}, order {{order}} is ready. Pick it up until Saturday, 6 pm.',
        example: {
          body_text_named_params: [
            { param_name: 'first_name', example: 'Kim' },
            { param_name: 'order', example: '1042' },
          ],
        },
      },
      { type: 'FOOTER', text: 'Example Shop' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Track', url: 'https://example.com/track/{{1}}', example: ['1042'] },
          { type: 'QUICK_REPLY', text: 'Another day' },
        ],
      },
    ],
  },
  {
    id: '1387000000000002',
    name: 'delivery_here',
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'POSITIONAL',
    components: [
      { type: 'HEADER', format: 'LOCATION' },
      { type: 'BODY', text: 'We deliver here on {{1}}.', example: { body_text: [['Thursday']] } },
    ],
  },
  {
    id: '1387000000000003',
    name: 'new_chairs',
    language: 'en_US',
    status: 'APPROVED',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: [] } },
      { type: 'BODY', text: 'Our chairs for the new season are here.' },
      { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Stop' }] },
    ],
  },
];
