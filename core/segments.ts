/** SMS segments (CH-13): what a text costs, counted as handsets do (GSM 03.38, 160/153 and 70/67). */
import { SegmentedMessage } from 'sms-segments-calculator';

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  count: number;
  /** Characters left in the last segment, by the encoding's own units. */
  left: number;
}

/** The segments of a text; 0 for an empty one. */
export function segmentsOf(text: string): Segments {
  if (text === '') return { encoding: 'GSM-7', count: 0, left: 160 };
  const message = new SegmentedMessage(text, 'auto');
  const last = message.segments.at(-1);
  const ucs2 = message.encodingName !== 'GSM-7';
  return {
    encoding: ucs2 ? 'UCS-2' : 'GSM-7',
    count: message.segmentsCount,
    left: last ? Math.floor(last.freeSizeInBits() / (ucs2 ? 16 : 7)) : 0,
  };
}
