/** Keeps Temporal's own lines out of the tests' output; warnings stay. */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

Runtime.install({
  logger: new DefaultLogger('WARN', ({ level, message }) => {
    process.stderr.write(`${level} ${message}\n`);
  }),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});
