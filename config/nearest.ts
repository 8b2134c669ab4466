/**
 * The candidate that is nearest to `word`, or undefined when none is near enough to be meant.
 * Written here because the well-kept packages (leven, fastest-levenshtein) are fifteen lines each.
 */
export function nearest(input: {
  readonly word: string;
  readonly candidates: readonly string[];
}): string | undefined {
  const word = simplify(input.word);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of input.candidates) {
    const distance = editDistance({ from: word, to: simplify(candidate) });
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  const limit = Math.max(2, Math.floor(input.word.length / 3));
  return best !== undefined && best.distance <= limit ? best.candidate : undefined;
}

/** Levenshtein distance in UTF-16 units: insertions, deletions and replacements. */
export function editDistance(input: { readonly from: string; readonly to: string }): number {
  const { from, to } = input;
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1] ? 0 : 1;
      current[column] = Math.min(
        previous[column] + 1,
        current[column - 1] + 1,
        previous[column - 1] + same,
      );
    }
    previous = current;
  }
  return previous[to.length];
}

// `access_key_id` and `accessKeyId` are the same word to a person.
function simplify(word: string): string {
  return word.toLowerCase().replace(/[-_\s]/g, '');
}
