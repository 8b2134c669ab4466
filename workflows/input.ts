/** Checks what a person typed into Temporal's start form. */
import { ApplicationFailure } from '@temporalio/workflow';

/**
 * The input as an object of optional strings; nothing at all is `{}`.
 * A wrong input fails the workflow at once with a message that names the field.
 */
export function readInput<Field extends string>(
  input: unknown,
  fields: readonly Field[],
): { readonly [name in Field]?: string } {
  if (input === undefined || input === null) return {};
  if (typeof input !== 'object' || Array.isArray(input)) {
    throw invalid(`input: expected one JSON object such as {}, got ${JSON.stringify(input)}`);
  }
  const known: readonly string[] = fields;
  for (const [name, value] of Object.entries(input)) {
    if (!known.includes(name)) {
      throw invalid(`input.${name}: unknown field; known fields are ${fields.join(', ')}`);
    }
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw invalid(`input.${name}: expected text, got ${JSON.stringify(value)}`);
    }
  }
  return input as { readonly [name in Field]?: string };
}

/** A failure that no retry mends, naming the field. */
export function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput');
}
