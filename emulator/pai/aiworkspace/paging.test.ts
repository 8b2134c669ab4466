import fc from 'fast-check';
import { numberedPage, type SortKeys, tokenPage } from './paging';

interface Item {
  readonly id: number;
  readonly GmtCreateTime: string;
  readonly Name: string;
}

const keys: SortKeys<Item> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  Name: ({ Name }) => Name,
};
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 10 } as const;
const query = (values: Record<string, string | number>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, String(value)]));
const items = fc
  .array(fc.record({ GmtCreateTime: fc.constantFrom('1', '2', '3'), Name: fc.string() }))
  .map((list) => list.map((item, id): Item => ({ id, ...item })));

describe('pages', () => {
  it('by number, put together, are the whole list in order, each item once', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 7 }), (list, PageSize) => {
        const seen: Item[] = [];
        for (let PageNumber = 1; ; PageNumber += 1) {
          const asked = query({ PageNumber, PageSize, SortBy: 'Name', Order: 'asc' });
          const { page, total } = numberedPage({ items: list, query: asked, keys, byDefault });
          expect(total).toBe(list.length);
          if (page.length === 0) break;
          seen.push(...page);
        }
        expect(seen.map(({ id }) => id).sort((a, b) => a - b)).toEqual(list.map(({ id }) => id));
        for (let at = 1; at < seen.length; at += 1) {
          expect(seen[at - 1].Name <= seen[at].Name).toBe(true);
        }
      }),
    );
  });

  it('by token end with the token 0 and descend by creation unless told otherwise', () => {
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 7 }), (list, MaxResults) => {
        const seen: Item[] = [];
        let PageToken = 0;
        do {
          const asked = query({ MaxResults, PageToken });
          const { page, next } = tokenPage({ items: list, query: asked, keys });
          seen.push(...page);
          PageToken = next;
        } while (PageToken !== 0);
        const expected = [...list].sort((a, b) =>
          a.GmtCreateTime === b.GmtCreateTime
            ? b.id - a.id
            : a.GmtCreateTime < b.GmtCreateTime
              ? 1
              : -1,
        );
        expect(seen).toEqual(expected);
      }),
    );
  });

  it('sort by several fields, and name the fields that are possible', () => {
    const list = [
      { id: 1, GmtCreateTime: '1', Name: 'b' },
      { id: 2, GmtCreateTime: '2', Name: 'a' },
      { id: 3, GmtCreateTime: '1', Name: 'a' },
    ];
    const asked = query({ OrderBy: 'GmtCreateTime DESC, Name' });
    expect(tokenPage({ items: list, query: asked, keys }).page.map(({ id }) => id)).toEqual([
      2, 3, 1,
    ]);
    const wrong: readonly Record<string, string | number>[] = [
      { SortBy: 'constructor' },
      { PageSize: 0 },
      { PageNumber: '-1' },
      { Order: 'x' },
    ];
    for (const values of wrong) {
      const run = (): unknown =>
        numberedPage({
          items: list,
          query: query(values),
          keys,
          byDefault,
        });
      expect(run).toThrow(/is invalid/);
    }
  });
});
