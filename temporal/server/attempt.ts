/** How looking for a program in one place ended. */
export type Attempt =
  | { readonly found: true; readonly path: string }
  | { readonly found: false; readonly reason: string };

/** One place to look for a program, with the words that name it in an error. */
export interface Place {
  readonly name: string;
  look(): Promise<Attempt>;
}

/** What one place answered when the program wasn't found. */
export interface FailedAttempt {
  readonly place: string;
  readonly reason: string;
}

/** A program was not found anywhere; carries every place that was tried and why it failed. */
export class ProgramNotFoundError extends Error {
  readonly attempts: readonly FailedAttempt[];

  constructor(input: {
    readonly program: string;
    readonly attempts: readonly FailedAttempt[];
    readonly mend: string;
  }) {
    const lines = input.attempts.map(({ place, reason }) => `  - ${place}: ${reason}`);
    super([`No ${input.program} could be had. Tried:`, ...lines, input.mend].join('\n'));
    this.name = 'ProgramNotFoundError';
    this.attempts = input.attempts;
  }
}

/** Looks in one place after the other; gives the first find, or throws with all reasons. */
export async function findProgram(input: {
  readonly program: string;
  readonly places: readonly Place[];
  readonly mend: string;
}): Promise<{ readonly path: string; readonly place: string }> {
  const attempts: FailedAttempt[] = [];
  for (const place of input.places) {
    const attempt = await place.look();
    if (attempt.found) return { path: attempt.path, place: place.name };
    attempts.push({ place: place.name, reason: attempt.reason });
  }
  throw new ProgramNotFoundError({ ...input, attempts });
}
