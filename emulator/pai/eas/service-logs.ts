import path from 'node:path';
import { LogFile, type LogLine } from '../../process/log-file';
import { pageOf, positiveParameter, timeParameter } from './query';
import type { Service } from './service';
import { logFiles } from './service-folder';
import { plainTime } from './service-view';

const PAGE_SIZE = 500;
const CONTAINER = 'worker0';
const ADDRESS = '127.0.0.1';

/** What DescribeServiceLog answers: lines of all instances (ended ones too), in the order of time. */
export function describeServiceLog(options: {
  readonly service: Service;
  readonly parameters: ReadonlyMap<string, string>;
  readonly now: number;
}): Record<string, unknown> {
  const { service, parameters, now } = options;
  const value = (name: string): string => parameters.get(name) ?? '';
  // One container an instance, one address for all: another name or address has written nothing.
  const isHere =
    (value('ContainerName') || CONTAINER) === CONTAINER && (value('Ip') || ADDRESS) === ADDRESS;
  const isPrevious = value('Previous') === 'true';
  const lines = (isHere ? logsOf(service) : [])
    .filter(({ instance }) => (value('InstanceName') || instance) === instance)
    .flatMap(({ instance, log, logStart }) =>
      log
        .read(now)
        .filter(({ offset }) => !isPrevious || offset < logStart)
        .map((line) => ({ ...line, instance })),
    )
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

interface InstanceLog {
  readonly instance: string;
  readonly log: LogFile;
  /** Where the present life of the process begins; an ended instance has none. */
  readonly logStart: number;
}

function logsOf(service: Service): InstanceLog[] {
  const open = new Map(service.replicas.map((replica) => [replica.name, replica]));
  return logFiles(service.folder).map((file) => {
    const instance = path.basename(file, '.log');
    const replica = open.get(instance);
    return {
      instance,
      log: replica?.log ?? new LogFile(file),
      logStart: replica?.logStart ?? Number.POSITIVE_INFINITY,
    };
  });
}

function matches(parameters: ReadonlyMap<string, string>): (line: LogLine) => boolean {
  const keyword = parameters.get('Keyword') ?? '';
  const start = timeParameter({ parameters, name: 'StartTime' }) ?? Number.NEGATIVE_INFINITY;
  const end = timeParameter({ parameters, name: 'EndTime' }) ?? Number.POSITIVE_INFINITY;
  return ({ text, at }) => text.includes(keyword) && at >= start && at <= end;
}
