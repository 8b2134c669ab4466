import { type Html, html } from './html';
import type { Part } from './status';

/** How a badge is coloured; its word always says the same. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'idle';

/** A word in a coloured pill. */
export function badge(tone: Tone, word: string): Html {
  return html`<span class="badge ${tone}">${word}</span>`;
}

/** What a source said, drawn; or in words that it can't be reached. */
export function shownPart<T>(part: Part<T>, draw: (value: T) => Html): Html {
  return part.ok ? draw(part.value) : html`<p class="problem" role="alert">${part.problem}</p>`;
}

/** A moment to the second, UTC; the full text stays in the attribute. */
export function moment(iso: string | undefined): Html {
  if (iso === undefined) return html`–`;
  const shown = iso.slice(0, 19).replace('T', ' ');
  return html`<time datetime="${iso}">${shown}</time>`;
}

/** Time between two moments, for people: `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(from: string, to: string | undefined): string {
  if (to === undefined) return '–';
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}

/** A coefficient of determination as the published table writes it. */
export function r2(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(4);
}

/** Words for the model kinds. */
export function kindInWords(kind: string | undefined): string | undefined {
  const words: Readonly<Record<string, string>> = {
    linear: 'Linear regression',
    elasticNet: 'Elastic net',
    randomForest: 'Random forest',
  };
  return kind === undefined ? undefined : (words[kind] ?? kind);
}

/** A table that scrolls sideways on a narrow screen, also by keyboard. */
export function table(input: {
  readonly label: string;
  readonly head: readonly Html[];
  readonly rows: readonly Html[];
}): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${input.label}"><table>
<thead><tr>${input.head}</tr></thead>
<tbody>${input.rows}</tbody>
</table></div>`;
}

/** A column's heading. */
export function heading(name: string, className = ''): Html {
  return html`<th scope="col" class="${className}">${name}</th>`;
}
