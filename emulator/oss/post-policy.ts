import { OssError } from './oss-error';

type Condition = Readonly<Record<string, string>> | readonly unknown[];

/** The limits that a form's policy sets on its file. */
export interface FileLimits {
  readonly min: number;
  readonly max: number;
}

/** Holds a form to its policy (base64 JSON); gives the limits that it sets on the file's size. */
export function checkPolicy(args: {
  readonly policy: string;
  /** The form's fields by name in lower case, with `bucket`. */
  readonly fields: ReadonlyMap<string, string>;
  readonly now: Date;
}): FileLimits {
  const policy = parsePolicy(args.policy);
  const expiration = Date.parse(policy.expiration);
  if (Number.isNaN(expiration)) throw invalidPolicy('Invalid expiration.');
  if (expiration < args.now.getTime()) throw denied('Policy expired.');
  let limits: FileLimits = { min: 0, max: Number.POSITIVE_INFINITY };
  for (const condition of policy.conditions) {
    if (!Array.isArray(condition)) {
      for (const [name, value] of Object.entries(condition)) {
        require(args.fields, { operator: 'eq', name, value });
      }
      continue;
    }
    const [operator, name, value] = condition as readonly unknown[];
    if (operator === 'content-length-range') limits = { min: Number(name), max: Number(value) };
    else {
      const field = String(name).replace(/^\$/, '');
      require(args.fields, { operator: String(operator), name: field, value });
    }
  }
  return limits;
}

function require(
  fields: ReadonlyMap<string, string>,
  rule: { readonly operator: string; readonly name: string; readonly value: unknown },
): void {
  const actual = fields.get(rule.name.toLowerCase()) ?? '';
  if (holds({ ...rule, actual })) return;
  throw denied(
    `Policy Condition failed: ["${rule.operator}", "$${rule.name}", ${JSON.stringify(rule.value)}]`,
  );
}

function holds(rule: {
  readonly operator: string;
  readonly value: unknown;
  readonly actual: string;
}): boolean {
  const { operator, value, actual } = rule;
  switch (operator) {
    case 'eq':
      return actual === String(value);
    case 'starts-with':
      return actual.startsWith(String(value));
    case 'in':
      return Array.isArray(value) && value.includes(actual);
    case 'not-in':
      return Array.isArray(value) && !value.includes(actual);
    default:
      throw invalidPolicy(`Invalid condition: ${operator}.`);
  }
}

function parsePolicy(text: string): {
  readonly expiration: string;
  readonly conditions: readonly Condition[];
} {
  try {
    const policy = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as {
      readonly expiration?: unknown;
      readonly conditions?: unknown;
    } | null;
    const { expiration, conditions } = policy ?? {};
    if (typeof expiration === 'string' && Array.isArray(conditions)) {
      return { expiration, conditions: conditions as readonly Condition[] };
    }
  } catch {
    // Falls through to the refusal.
  }
  throw invalidPolicy('Invalid JSON: it must have expiration and conditions.');
}

function invalidPolicy(why: string): OssError {
  return new OssError(400, 'InvalidPolicyDocument', `Invalid Policy: ${why}`);
}

function denied(why: string): OssError {
  return new OssError(403, 'AccessDenied', `Invalid according to Policy: ${why}`);
}
