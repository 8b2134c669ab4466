import { ApiError } from '../api-error';

/** What an operation has to respect: `dangerous` keeps from stop and deletion, `all` from every change. */
export type SafetyLock = 'all' | 'dangerous' | 'none';

/** Throws when the service's safety lock forbids a change; stop and deletion are the dangerous ones. */
export function mustBeUnlocked(options: {
  readonly name: string;
  readonly safetyLock: SafetyLock | undefined;
  readonly isDangerous: boolean;
}): void {
  const { name, safetyLock = 'none', isDangerous } = options;
  if (safetyLock === 'none' || (safetyLock === 'dangerous' && !isDangerous)) return;
  throw new ApiError({
    statusCode: 400,
    code: 'ServiceSafetyLocked',
    message: `Service [${name}] is locked by the safety lock [${safetyLock}].`,
  });
}
