/** Labels: words that agents put on sessions, the same ones for everybody. */
import * as z from 'zod';

/** Names of the colours of `core/tokens.css` that a label can have. */
export const labelColours = ['neutral', 'blue', 'green', 'amber', 'red', 'violet'] as const;

export const labelInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(40, 'Use at most 40 characters.'),
  colour: z.enum(labelColours),
});
export type LabelInput = z.infer<typeof labelInput>;
export const label = labelInput.extend({ id: z.string() });
export type Label = z.infer<typeof label>;

/** Most labels that a workspace can have. */
export const maxLabels = 200;
