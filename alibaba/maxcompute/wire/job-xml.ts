import { WireError } from './wire-error';
import { cdata, child, childrenOf, childText, escapeXml, parseXml } from './xml';

/** The body of a job submission: one SQL task. */
export interface SqlJob {
  readonly taskName: string;
  readonly query: string;
  /** `odps.sql.…` settings; values are text on the wire. */
  readonly settings: Readonly<Record<string, string>>;
  readonly priority: number;
  /** Random per submission: lets the service tell two submissions of one text apart. */
  readonly uuid?: string;
  readonly guid?: string;
}

function property(name: string, value: string): string {
  return `<Property><Name>${name}</Name><Value>${escapeXml(value)}</Value></Property>`;
}

/** Builds the job XML; the query is trimmed and ends with a semicolon. */
export function buildJobXml(job: SqlJob): string {
  const trimmed = job.query.trim();
  const query = trimmed.endsWith(';') ? trimmed : `${trimmed};`;
  const config = [
    property('settings', JSON.stringify(job.settings)),
    ...(job.uuid === undefined ? [] : [property('uuid', job.uuid)]),
  ];
  return [
    '<?xml version="1.0" encoding="utf-8"?>\n<Instance><Job>',
    `<Priority>${job.priority}</Priority>`,
    job.guid === undefined ? '' : `<Guid>${escapeXml(job.guid)}</Guid>`,
    `<Tasks><SQL><Name>${escapeXml(job.taskName)}</Name>`,
    `<Config>${config.join('')}</Config>`,
    `<Query>${cdata(query)}</Query></SQL></Tasks>`,
    '<DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>',
  ].join('');
}

function settingsOf(text: string | undefined): Record<string, string> {
  if (text === undefined || text === '') return {};
  try {
    const json = JSON.parse(text) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]));
  } catch {
    throw new WireError('malformed', 'The settings of the job are no JSON object');
  }
}

/** Parses a job XML with one SQL task. Throws WireError: `type` for another task, `malformed` else. */
export function parseJobXml(text: string): SqlJob {
  const root = parseXml(text);
  const job = root.name === 'Job' ? root : child(root, 'Job');
  const task = job && child(job, 'Tasks')?.children[0];
  if (!job || !task) throw new WireError('malformed', 'The body is no job');
  if (task.name !== 'SQL') throw new WireError('type', `Task type ${task.name} is not supported`);
  const taskName = childText(task, 'Name')?.trim();
  const query = childText(task, 'Query');
  if (!taskName || query === undefined) {
    throw new WireError('malformed', 'The SQL task has no name or no query');
  }
  const config = child(task, 'Config');
  const properties = new Map(
    (config ? childrenOf(config, 'Property') : []).map((one) => [
      childText(one, 'Name') ?? '',
      childText(one, 'Value') ?? '',
    ]),
  );
  return {
    taskName,
    query,
    settings: settingsOf(properties.get('settings')),
    priority: Number(childText(job, 'Priority') ?? '9'),
    uuid: properties.get('uuid'),
    guid: childText(job, 'Guid'),
  };
}

/** The answer to `?source`: its root is `<Job>`. */
export function buildSourceXml(job: SqlJob): string {
  const xml = buildJobXml(job);
  return xml.replace('<Instance><Job>', '<Job>').replace('</Job></Instance>', '</Job>');
}
