import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOfMapsUrl } from '../../core/mapsUrl.ts';

const place = (latitude: number, longitude: number, name = '') => ({ place: { latitude, longitude, name } });
const garden = 'https://www.google.com/maps/place/Madison+Square+Garden';

describe('a Google Maps address', () => {
  it.each([
    [`${garden}/@40.7505045,-73.9934387,15z`, place(40.7505045, -73.9934387, 'Madison Square Garden')],
    [
      `${garden}/@40.75,-73.99,17z/data=!3m1!4b1!4m6!3m5!1s0x89c259a9:0xeb7!8m2!3d40.7505045!4d-73.9934387!16zL20?entry=ttu`,
      place(40.7505045, -73.9934387, 'Madison Square Garden'),
    ],
    [`${garden}/data=!4m2!3m1!1s0x0!8m2!3d40.5!4d-73.5`, place(40.5, -73.5, 'Madison Square Garden')],
    ['https://www.google.ch/maps/place/Z%C3%BCrich/@47.37,8.54,12z', place(47.37, 8.54, 'Zürich')],
    [
      'https://www.google.co.uk/maps/place/Caf%C3%A9+%26+Bar/@51.5,-0.12,12z',
      place(51.5, -0.12, 'Café & Bar'),
    ],
    ['https://www.google.com/maps/place/50%25+Off/@1,2,3z', place(1, 2, '50% Off')],
    ['https://www.google.com/maps/place/broken%E0%A4/@1,2,3z', place(1, 2, 'broken%E0%A4')],
    [
      `https://www.google.com/maps/place/47%C2%B022'36.0%22N+8%C2%B032'24.0%22E/@47.3,8.5,17z/data=!3d47.3766667!4d8.54`,
      place(47.3766667, 8.54),
    ],
    ['https://www.google.com/maps/place/47.37,8.54', place(47.37, 8.54)],
    ['https://www.google.com/maps/search/47.37,+8.54', place(47.37, 8.54)],
    ['https://www.google.com/maps/@-33.8568,151.2153,3a,75y,90t', place(-33.8568, 151.2153)],
    ['https://www.google.com/maps/@47.37,8.54,17z', place(47.37, 8.54)],
    ['https://maps.google.com/?q=47.37,8.54', place(47.37, 8.54)],
    ['https://maps.google.com/maps?q=loc:47.37,8.54(Our+Shop)', place(47.37, 8.54, 'Our Shop')],
    ['https://www.google.com/maps?q=47.37,%208.54', place(47.37, 8.54)],
    ['https://www.google.com/maps?q=Our+Shop&ll=47.37,8.54', place(47.37, 8.54, 'Our Shop')],
    ['https://www.google.com/maps?ll=47.37,8.54&z=12', place(47.37, 8.54)],
    ['https://www.google.com/maps/search/?api=1&query=47.37%2C8.54', place(47.37, 8.54)],
    ['https://www.google.com/maps/@?api=1&map_action=map&center=47.37%2C8.54', place(47.37, 8.54)],
    [' google.com/maps/@47.37,8.54,17z ', place(47.37, 8.54)],
  ])('[WA-05] %s', (url, expected) => {
    expect(placeOfMapsUrl(url)).toEqual(expected);
  });

  it.each(['https://maps.app.goo.gl/AbCdEf123', 'https://goo.gl/maps/AbC', 'https://g.co/kgs/x'])(
    '[WA-05] %s is a short link, which has to be opened first',
    (url) => {
      expect(placeOfMapsUrl(url)).toEqual({ reason: 'short' });
    },
  );

  it.each([
    '',
    'Madison Square Garden',
    'https://www.google.com/search?q=47.37,8.54',
    'https://www.google.com.example.com/maps/@47.37,8.54,17z',
    'https://example.com/maps/@47.37,8.54,17z',
    'https://www.google.com/maps/@91,8.54,17z',
    'https://www.google.com/maps/@47.37,181,17z',
    'https://www.google.com/maps/search/?api=1&query=pizza',
    'https://www.google.com/maps/place/Nowhere',
    'javascript:alert(1)//google.com/maps/@1,2,3z',
  ])('shows no place: %s', (url) => {
    expect(placeOfMapsUrl(url)).toEqual({ reason: 'noPlace' });
  });

  it('never throws, and finds no place outside the world', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom('https://www.google.com/maps/', '@', '!3d', '!4d', '%', ',', '9', '-'),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const result = placeOfMapsUrl(pieces.join(''));
        if (!('place' in result)) return;
        expect(Math.abs(result.place.latitude)).toBeLessThanOrEqual(90);
        expect(Math.abs(result.place.longitude)).toBeLessThanOrEqual(180);
      }),
    );
  });
});
