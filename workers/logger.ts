/** The processes' log: JSON lines on standard error, secrets cut out before a line is written. */
import { createLogger, format, type Logger, transports } from 'winston';

const secretKey = /secret|token|password|authorization|api-?key|access-?key/i;

/** A logger for the process of that name. */
export function processLogger(name: string): Logger {
  return createLogger({
    level: process.env.PAI_LOOP_LOG_LEVEL ?? 'info',
    defaultMeta: { process: name },
    format: format.combine(
      format((info) => Object.assign(info, redact(info)))(),
      format.timestamp(),
      format.json({ bigint: true }),
    ),
    transports: [new transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
}

/** A copy in which the value of each key that names a secret is `***`. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 6) return value;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name, message, stack, cause: redact(value.cause, depth + 1) };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretKey.test(key) && typeof inner === 'string' ? '***' : redact(inner, depth + 1),
    ]),
  );
}
