import { Refusal, type RefusalDetails, shown } from './refusal';
import { KNOWN_FIELDS, REQUIRED_FIELDS } from './request-schema';

/** The part of a schema validator's complaint that a refusal is worded from. */
export interface SchemaComplaint {
  readonly keyword: string;
  /** JSON pointer into the body, for example `/3/store`. */
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Words the first complaint about a body: which field of which row, what it holds, what to send. */
export function schemaRefusal(input: {
  readonly complaints: readonly SchemaComplaint[];
  readonly body: unknown;
}): Refusal {
  const complaint = input.complaints[0]!;
  const at = placeOf(complaint.instancePath, input.body);
  const { message, ...rest } = worded(complaint, at);
  const where = at.index === undefined ? '' : `row ${at.index}: `;
  return new Refusal({ status: 400, index: at.index, ...rest, message: `${where}${message}` });
}

interface Place {
  readonly index?: number;
  readonly field?: string;
  /** What the complaint is about: the value of the field, or the row, or the whole body. */
  readonly value: unknown;
}

function placeOf(pointer: string, body: unknown): Place {
  const steps = pointer.split('/').slice(1);
  const index = Array.isArray(body) && steps.length > 0 ? Number(steps.shift()) : undefined;
  const row = index === undefined ? body : (body as readonly unknown[])[index];
  const field = steps[0];
  return { index, field, value: field === undefined ? row : (row as Fields)[field] };
}

type Fields = Readonly<Record<string, unknown>>;
type Wording = Omit<RefusalDetails, 'status' | 'index'>;

function worded(complaint: SchemaComplaint, at: Place): Wording {
  switch (complaint.keyword) {
    case 'required':
      return missing(String(complaint.params['missingProperty']), at.value as Fields);
    case 'additionalProperties':
      return unknownField(String(complaint.params['additionalProperty']));
    case 'minItems':
      return { code: 'empty_list', message: 'the list is empty: send at least one row' };
    case 'maxItems': {
      const message = `the list has ${(at.value as unknown[]).length} rows, at most ${complaint.params['limit']} are taken: send it in parts`;
      return { code: 'too_many_rows', message };
    }
    case 'type':
      return at.field === undefined ? wrongShape(at) : wrongType(at.field, at.value);
    default:
      return {
        code: 'invalid_request',
        field: at.field,
        message: `the request breaks the rule ${complaint.keyword}: ${shown(at.value)}`,
      };
  }
}

function missing(field: string, row: Fields): Wording {
  const misspelt = Object.keys(row).find((key) => !KNOWN_FIELDS.includes(key) && near(key, field));
  const example = REQUIRED_FIELDS[field as keyof typeof REQUIRED_FIELDS];
  const mend =
    misspelt === undefined
      ? `add it as ${example.type === 'integer' ? 'a whole number' : 'a number'}, for example "${field}": ${example.example}`
      : `is ${shown(misspelt)} meant to be it? Write "${field}"`;
  return { code: 'missing_field', field, message: `${field} is missing: ${mend}` };
}

function unknownField(field: string): Wording {
  const meant = KNOWN_FIELDS.find((known) => near(field, known));
  const mend = meant === undefined ? 'leave it out' : `write "${meant}" or leave it out`;
  return {
    code: 'unknown_field',
    field,
    message: `${shown(field)} is not a field of a request (${KNOWN_FIELDS.join(', ')}): ${mend}`,
  };
}

function wrongShape(at: Place): Wording {
  const what = at.index === undefined ? 'the body' : 'the row';
  return {
    code: 'wrong_type',
    message: `${what} must be an object of fields, but it is ${described(at.value)}: send for example {"store":1,"temperature":75.5,"fuel_price":3.2,"holiday_flag":0,"unemployment":8.1,"cpi":210.3}`,
  };
}

function wrongType(field: string, value: unknown): Wording {
  if (field === 'date') {
    const mend = 'send it as "2012-11-02", or leave it out for today';
    return {
      code: 'wrong_type',
      field,
      message: `date must be text, but it is ${described(value)}: ${mend}`,
    };
  }
  const { type, example } = REQUIRED_FIELDS[field as keyof typeof REQUIRED_FIELDS];
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  return {
    code: 'wrong_type',
    field,
    message: `${field} must be ${kind}, but it is ${described(value)}: send for example "${field}": ${example}`,
  };
}

function described(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'absent';
  if (typeof value === 'number' && !Number.isFinite(value))
    return 'a number too large to be represented';
  if (Array.isArray(value)) return `a list, ${shown(value)}`;
  const kind = {
    string: 'text',
    object: 'an object',
    boolean: 'true or false',
    number: 'a number',
  };
  return `${kind[typeof value as keyof typeof kind] ?? typeof value}, ${shown(value)}`;
}

/** True when two names differ in case, separators, or one or two letters (none in a short name). */
function near(a: string, b: string): boolean {
  if (a.length > 40) return false;
  const [left, right] = [a, b].map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const shorter = Math.min(left!.length, right!.length);
  return edits(left!, right!) <= Math.min(2, Math.floor(shorter / 3));
}

/** Levenshtein distance, by rows. */
function edits(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
