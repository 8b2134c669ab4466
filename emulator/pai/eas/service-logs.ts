import path from 'node:path';
import { LogFile, type LogLine } from '../../process/log-file';
import { pageOf, positiveParameter, timeParameter } from './query';
import type { Service } from './service';
import { logFiles } from './service-folder';
import { plainTime } from './service-view';

const PAGE_SIZE = 500;

/** What DescribeServiceLog answers: lines of all instances (ended ones too), in the order of time. */
export function describeServiceLog(options: {
  readonly service: Service;
  readonly parameters: ReadonlyMap<string, string>;
  readonly now: number;
}): Record<string, unknown> {
  const { service, parameters, now } = options;
  const lines = logsOf(service)
    .filter(({ instance }) => (parameters.get('InstanceName') || instance) === instance)
    .flatMap(({ instance, log }) => log.read(now).map((line) => ({ ...line, instance })))
    .filter(matches(parameters))
    .sort((left, right) => left.at - right.at);
  const size = positiveParameter({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
  const number = positiveParameter({ parameters, name: 'PageNum', fallback: 1 });
  return {
    Logs: pageOf({ items: lines, number, size }).map(
      ({ at, instance, text }) => `[${plainTime(at)}] [${instance}] ${text}`,
    ),
    PageNum: number,
    TotalCount: lines.length,
    TotalPageNum: Math.ceil(lines.length / size),
  };
}

function logsOf(service: Service): { readonly instance: string; readonly log: LogFile }[] {
  const open = new Map(service.replicas.map((replica) => [replica.name, replica.log]));
  return logFiles(service.folder).map((file) => {
    const instance = path.basename(file, '.log');
    return { instance, log: open.get(instance) ?? new LogFile(file) };
  });
}

function matches(parameters: ReadonlyMap<string, string>): (line: LogLine) => boolean {
  const keyword = parameters.get('Keyword') ?? '';
  const start = timeParameter({ parameters, name: 'StartTime' }) ?? Number.NEGATIVE_INFINITY;
  const end = timeParameter({ parameters, name: 'EndTime' }) ?? Number.POSITIVE_INFINITY;
  return ({ text, at }) => text.includes(keyword) && at >= start && at <= end;
}
