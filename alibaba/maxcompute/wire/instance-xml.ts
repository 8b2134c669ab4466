import { WireError } from './wire-error';
import { cdata, child, childrenOf, childText, escapeXml, parseXml, type XmlElement } from './xml';

const INSTANCE_STATES = ['Running', 'Suspended', 'Terminated'] as const;
const TASK_STATES = ['Waiting', 'Running', 'Success', 'Failed', 'Suspended', 'Cancelled'] as const;

/** State of an instance; Terminated says nothing about success. */
export type InstanceState = (typeof INSTANCE_STATES)[number];
/** State of a task of an instance. */
export type TaskState = (typeof TASK_STATES)[number];

/** One task in the answer to `?taskstatus`. */
export interface TaskStatus {
  readonly name: string;
  readonly type: string;
  readonly status: TaskState;
  readonly startTime?: Date;
  readonly endTime?: Date;
}

/** The schema of a SELECT's answer. */
export interface ResultDescriptor {
  readonly IsSelect: boolean;
  readonly SelectResultStatus: 'COMPLETE' | 'TRUNCATED' | 'NO';
  readonly Schema: {
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
  };
}

/** The result of one task: text that is CSV for a SELECT, a message else. */
export interface TaskResult {
  readonly name: string;
  readonly type: string;
  readonly status?: TaskState;
  readonly result: string;
  readonly format: string;
  readonly descriptor?: ResultDescriptor;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

function stateIn<T extends string>(states: readonly T[], text: string | undefined): T {
  const state = states.find((one) => one.toLowerCase() === text?.trim().toLowerCase());
  if (!state) throw new WireError('malformed', `State ${text ?? '(none)'} is unknown`);
  return state;
}

function rootOf(text: string): XmlElement {
  const root = parseXml(text);
  if (root.name !== 'Instance') throw new WireError('malformed', `Unexpected root ${root.name}`);
  return root;
}

function tasksOf(root: XmlElement): readonly XmlElement[] {
  const tasks = child(root, 'Tasks');
  return tasks ? childrenOf(tasks, 'Task') : [];
}

function dateOf(text: string | undefined): Date | undefined {
  const date = text ? new Date(text) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

/** The answer to a status poll, and the request that stops an instance (`Terminated`). */
export function buildInstanceXml({ status }: { readonly status: InstanceState }): string {
  return `${HEAD}<Instance><Status>${status}</Status></Instance>`;
}

/** Parses a status answer or a stop request. */
export function parseInstanceXml(text: string): InstanceState {
  return stateIn(INSTANCE_STATES, childText(rootOf(text), 'Status'));
}

/** The answer to `?taskstatus`. */
export function buildTaskStatusXml(options: {
  readonly status: InstanceState;
  readonly tasks: readonly TaskStatus[];
}): string {
  const tasks = options.tasks.map(
    ({ name, type, status, startTime, endTime }) =>
      `<Task Type="${escapeXml(type)}"><Name>${escapeXml(name)}</Name>` +
      `<StartTime>${startTime?.toUTCString() ?? ''}</StartTime>` +
      `<EndTime>${endTime?.toUTCString() ?? ''}</EndTime><Status>${status}</Status></Task>`,
  );
  return `${HEAD}<Instance><Status>${options.status}</Status><Tasks>${tasks.join('')}</Tasks></Instance>`;
}

/** Parses the answer to `?taskstatus`. */
export function parseTaskStatusXml(text: string): readonly TaskStatus[] {
  return tasksOf(rootOf(text)).map((task) => ({
    name: childText(task, 'Name') ?? '',
    type: task.attributes.Type ?? '',
    status: stateIn(TASK_STATES, childText(task, 'Status')),
    startTime: dateOf(childText(task, 'StartTime')),
    endTime: dateOf(childText(task, 'EndTime')),
  }));
}

/** The answer to `?result`; results travel as base64. */
export function buildResultXml(results: readonly TaskResult[]): string {
  const tasks = results.map(({ name, type, status, result, format, descriptor }) => {
    const encoded = Buffer.from(result, 'utf8').toString('base64');
    return [
      `<Task Type="${escapeXml(type)}"><Name>${escapeXml(name)}</Name>`,
      `<Result Transform="Base64" Format="${escapeXml(format)}">${cdata(encoded)}</Result>`,
      descriptor ? `<ResultDescriptor>${cdata(JSON.stringify(descriptor))}</ResultDescriptor>` : '',
      status ? `<Status>${status}</Status>` : '',
      '</Task>',
    ].join('');
  });
  return `${HEAD}<Instance><Tasks>${tasks.join('')}</Tasks></Instance>`;
}

/** Parses the answer to `?result` (also a submission's synchronous answer); base64 is decoded. */
export function parseResultXml(text: string): readonly TaskResult[] {
  return tasksOf(rootOf(text)).map((task) => {
    const result = child(task, 'Result');
    const descriptor = childText(task, 'ResultDescriptor');
    const status = childText(task, 'Status');
    const body = result?.text ?? '';
    return {
      name: childText(task, 'Name') ?? '',
      type: task.attributes.Type ?? '',
      status: status ? stateIn(TASK_STATES, status) : undefined,
      result:
        result?.attributes.Transform === 'Base64'
          ? Buffer.from(body, 'base64').toString('utf8')
          : body,
      format: result?.attributes.Format ?? 'text',
      descriptor: descriptor ? parseDescriptor(descriptor) : undefined,
    };
  });
}

function parseDescriptor(text: string): ResultDescriptor | undefined {
  try {
    const json = JSON.parse(text) as Partial<ResultDescriptor>;
    return json.Schema?.Columns ? (json as ResultDescriptor) : undefined;
  } catch {
    throw new WireError('malformed', 'The descriptor of the result is no JSON');
  }
}
