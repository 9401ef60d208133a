import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, palettes, surfaces } from '../../core/colour.ts';

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`);

describe('palettes', () => {
  it('[LC-08] [LC-20] keeps text readable on and in any accent colour', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const both = palettes(accent);
        for (const theme of ['light', 'dark'] as const) {
          const palette = both[theme];
          for (const background of [palette.accent, palette.accentHover, palette.accentPressed]) {
            expect(contrast(palette.onAccent, background)).toBeGreaterThanOrEqual(4.5);
          }
          for (const background of [...surfaces[theme], palette.accentTint]) {
            expect(contrast(palette.accentText, background)).toBeGreaterThanOrEqual(4.5);
          }
        }
      }),
      {
        numRuns: 2000,
        examples: [['#000000'], ['#ffffff'], ['#777777'], ['#ffff00'], ['#0000ff'], ['#ff0000']],
      },
    );
  });

  it('[LC-08] draws the colour that was picked when it is readable as it is', () => {
    const { light, dark } = palettes('#2F5BEA');
    expect(light.accent).toBe('#2f5bea');
    expect(light.onAccent).toBe('#ffffff');
    expect(dark.accent).toBe('#2f5bea');
  });

  it('[LC-08] flips to dark text on a light accent', () => {
    expect(palettes('#ffd400').light.onAccent).toBe('#0d0f13');
  });

  it('[LC-08] shows feedback on every accent, black and white included', () => {
    fc.assert(
      fc.property(colour, (accent) => {
        const { light } = palettes(accent);
        expect(light.accentHover === light.accent && light.accentPressed === light.accent).toBe(false);
      }),
      { numRuns: 500, examples: [['#000000'], ['#ffffff']] },
    );
  });

  it('refuses what is not a colour', () => {
    expect(() => palettes('blue')).toThrow('not a colour');
  });
});
