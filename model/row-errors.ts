/** A categorical value that the model was not trained on; never mapped to the reference level silently. */
export class UnknownLevelError extends Error {
  readonly field: string;
  readonly value: number;
  readonly known: readonly number[];

  constructor(details: { field: string; value: number; known: readonly number[] }) {
    super(
      `${details.field} ${details.value} was not seen in training (known: ${details.known.join(', ')})`,
    );
    this.name = 'UnknownLevelError';
    this.field = details.field;
    this.value = details.value;
    this.known = details.known;
  }
}

/** A field of a row that is missing or not usable: not a finite number, not a calendar date. */
export class InvalidFieldError extends Error {
  readonly field: string;

  constructor(details: { field: string; message: string }) {
    super(`${details.field}: ${details.message}`);
    this.name = 'InvalidFieldError';
    this.field = details.field;
  }
}
