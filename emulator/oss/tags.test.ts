import fc from 'fast-check';
import { readTagging, readTaggingHeader, taggingElements } from './tags';
import { xmlDocument } from './xml';

const text = (maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom(...'aZ0ü日 +-=._:/'), minLength, maxLength });

describe('tags of an object', () => {
  it('come back as they were sent, by header and by document', () => {
    const tags = fc.dictionary(text(128, 1), text(256), { maxKeys: 10, noNullPrototype: true });
    fc.assert(
      fc.property(tags, (some) => {
        const header = Object.entries(some).map((pair) => pair.map(encodeURIComponent).join('='));
        expect(readTaggingHeader(header.join('&'))).toEqual(some);
        const document = xmlDocument('Tagging', taggingElements(some));
        expect(readTagging(Buffer.from(document))).toEqual(some);
      }),
    );
  });

  it('are refused when they break the rules of OSS', () => {
    const broken = [
      'a=1=2',
      'a=1&a=2',
      '=1',
      `${'k'.repeat(129)}=1`,
      `k=${'v'.repeat(257)}`,
      'a=%23',
      'a=%zz',
    ];
    const eleven = Array.from({ length: 11 }, (_, i) => `k${i}=v`).join('&');
    for (const header of [...broken, eleven]) {
      expect(() => readTaggingHeader(header)).toThrow(
        expect.objectContaining({ code: 'InvalidTag' }),
      );
    }
    for (const body of ['<Tagging/>', 'no xml', '<Other/>']) {
      expect(() => readTagging(Buffer.from(body))).toThrow(
        expect.objectContaining({ code: 'MalformedXML' }),
      );
    }
    expect(readTaggingHeader('only-a-key')).toEqual({ 'only-a-key': '' });
  });
});
