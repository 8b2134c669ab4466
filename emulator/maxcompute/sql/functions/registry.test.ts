import { FUNCTIONS } from './registry';

test('each function is listed once, with its signature, meaning and page', () => {
  const names = FUNCTIONS.map((entry) => entry.name);
  expect(new Set(names).size).toBe(names.length);
  for (const entry of FUNCTIONS) {
    expect(entry.name).toMatch(/^[A-Z][A-Z0-9_]*$/);
    expect(entry.syntax).toContain(entry.name);
    expect(entry.meaning).not.toBe('');
    expect(entry.page).toMatch(/^[a-z0-9-]+$/);
    expect(entry.arguments[0]).toBeLessThanOrEqual(entry.arguments[1]);
  }
});
