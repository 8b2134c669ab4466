import { OdpsError } from '../sql/errors';

/** What DuckDB said while a statement ran, as MaxCompute would word it. */
export function asOdpsError(error: unknown): OdpsError {
  if (error instanceof OdpsError) return error;
  const message = messageOf(error);
  const own = /(ODPS-\d{7}):\s*(.*)/s.exec(message);
  if (own) return new OdpsError({ code: own[1], text: own[2].trim() });
  const [kind, ...rest] = message.split(':');
  const text = rest.join(':').trim().split('\n')[0];
  // A sum is worked out in 128 bits and must fit into 64.
  if (/^Type INT128 with value/.test(text)) {
    return new OdpsError({ code: 'ODPS-0121065', text: `Numeric value out of range - ${text}` });
  }
  switch (kind.trim()) {
    case 'Conversion Error':
    case 'Invalid Input Error':
      return new OdpsError({ code: 'ODPS-0121095', text: `Invalid argument - ${text}` });
    case 'Out of Range Error':
      return new OdpsError({ code: 'ODPS-0121065', text: `Numeric value out of range - ${text}` });
    case 'Binder Error':
    case 'Catalog Error':
      return new OdpsError({ code: 'ODPS-0130071', text: `Semantic analysis exception - ${text}` });
    case 'Constraint Error':
      return new OdpsError({ code: 'ODPS-0121145', text: `Data type conversion error - ${text}` });
    case 'Out of Memory Error':
      return new OdpsError({ code: 'ODPS-0010000', text: `System internal error - OOM: ${text}` });
    default:
      return new OdpsError({
        code: 'ODPS-0010000',
        text: `System internal error - ${message.split('\n')[0]}`,
      });
  }
}

/** The driver's errors may be of another realm's Error class. */
function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error;
  return message ? String(error.message) : String(error);
}

/** Whether the work ended because its connection was interrupted. */
export function wasInterrupted(error: unknown): boolean {
  return /INTERRUPT/i.test(messageOf(error));
}
