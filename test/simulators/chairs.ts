/** What people at a furniture shop send pictures of. */
import { pngOf } from '../support/png.ts';
import type { CustomerFile } from './providers/simulator.ts';

type Colour = readonly [number, number, number];

const width = 480;
const height = 360;
const wood: Colour = [122, 82, 48];
const seats: Record<'blue' | 'green' | 'red', Colour> = {
  blue: [62, 99, 160],
  green: [74, 128, 96],
  red: [168, 74, 66],
};

/** Left, top, right and bottom of each part of a chair. */
const backrest = [176, 60, 304, 176];
const seat = [164, 190, 316, 218];
const legs = [
  [172, 218, 186, 318],
  [294, 218, 308, 318],
  [180, 176, 190, 190],
  [290, 176, 300, 190],
];

const isIn = ([left = 0, top = 0, right = 0, bottom = 0]: number[], x: number, y: number) =>
  x >= left && x < right && y >= top && y < bottom;

/** A photo of a chair, more or less. */
export function chair(colour: keyof typeof seats): CustomerFile {
  const bytes = pngOf(width, height, (x, y) => {
    if (isIn(backrest, x, y) || isIn(seat, x, y)) return seats[colour];
    if (legs.some((leg) => isIn(leg, x, y))) return wood;
    const light = Math.round(226 - y / 12 - Math.abs(x - 200) / 16);
    return y < 270 ? [light, light - 4, light - 14] : [light - 46, light - 62, light - 84];
  });
  return { name: `chair-${colour}.png`, type: 'image/png', bytes };
}
