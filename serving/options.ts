import { parseArgs } from 'node:util';

/** How the service is started. */
export interface ServingOptions {
  /** Path of the model file. */
  readonly model: string;
  readonly port: number;
}

/** Port when neither `--port` nor `LISTENING_PORT` says one: EAS's own default for containers. */
const DEFAULT_PORT = 8000;
const USAGE = 'usage: node serving.js --model <path of model.json> [--port N]';

/** Reads the command line, then `LISTENING_PORT` (set by EAS). Throws an Error that says what to write. */
export function readOptions(input: {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}): ServingOptions {
  const { values } = parse(input.argv);
  if (values.model === undefined || values.model === '') {
    throw new Error(`--model is missing; ${USAGE}`);
  }
  const fromEnv = input.env['LISTENING_PORT'];
  if (values.port !== undefined) return { model: values.model, port: port('--port', values.port) };
  return {
    model: values.model,
    port: fromEnv ? port('LISTENING_PORT', fromEnv) : DEFAULT_PORT,
  };
}

function parse(argv: readonly string[]) {
  const options = { model: { type: 'string' }, port: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${USAGE}`);
  }
}

function port(name: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 65_535))
    throw new Error(`${name} is ${JSON.stringify(text)}: 0 to 65535 is meant`);
  return value;
}
