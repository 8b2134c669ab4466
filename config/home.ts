import { homedir } from 'node:os';
import path from 'node:path';

/** What the default home depends on; given in tests. */
export interface HomeInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly userHome?: string;
}

/** PAI_LOOP_HOME, or the user's data folder: where a local run keeps everything. Absolute. */
export function resolveHome(input: HomeInput): string {
  const given = input.env['PAI_LOOP_HOME']?.trim();
  return given ? expandHome({ path: given, ...input }) : defaultHome(input);
}

/** The user's data folder for pai-loop: XDG on Linux, Application Support on macOS. */
export function defaultHome(input: HomeInput): string {
  const { env, platform = process.platform, userHome = homedir() } = input;
  if (platform === 'darwin') return path.join(userHome, 'Library/Application Support/pai-loop');
  if (platform === 'win32' && env['LOCALAPPDATA'])
    return path.join(env['LOCALAPPDATA'], 'pai-loop');
  const xdg = env['XDG_DATA_HOME'] ?? '';
  // The XDG specification says that a relative path is to be ignored.
  const data = path.isAbsolute(xdg) ? xdg : path.join(userHome, '.local/share');
  return path.join(data, 'pai-loop');
}

/** The user's cache folder for pai-loop: binaries that can be fetched or built again. */
export function cacheFolder(input: HomeInput): string {
  const { env, platform = process.platform, userHome = homedir() } = input;
  if (platform === 'darwin') return path.join(userHome, 'Library/Caches/pai-loop');
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  const cache = path.isAbsolute(xdg) ? xdg : path.join(userHome, '.cache');
  return path.join(cache, 'pai-loop');
}

/** An absolute path: `~` is the user's home, the rest is relative to the working folder. */
export function expandHome(input: { readonly path: string; readonly userHome?: string }): string {
  const { userHome = homedir() } = input;
  const expanded = input.path.replace(/^~(?=\/|$)/, () => userHome);
  return path.resolve(expanded);
}
