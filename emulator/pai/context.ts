import type { Keyring } from '../identity/keyring';

/** What every product of the PAI emulator is given. */
export interface PaiContext {
  /** Folder of the PAI emulator's state; each product keeps a folder of its own below it. */
  readonly folder: string;
  readonly keyring: Keyring;
  /** For example `cn-hangzhou`. */
  readonly region: string;
  /** The account that owns everything, sixteen digits as on the real cloud. */
  readonly accountId: string;
  readonly clock: () => Date;
}
