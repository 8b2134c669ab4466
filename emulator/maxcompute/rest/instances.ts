import {
  buildInstanceXml,
  buildResultXml,
  buildTaskStatusXml,
  parseInstanceXml,
} from '../../../alibaba/maxcompute/wire/instance-xml';
import { buildSourceXml, parseJobXml } from '../../../alibaba/maxcompute/wire/job-xml';
import { escapeXml } from '../../../alibaba/maxcompute/wire/xml';
import { invalid, notFound } from '../api-error';
import type { Instance } from '../instances/instance';
import { resultCsv, resultDescriptor } from '../instances/result-csv';
import { type ApiAnswer, type ApiRequest, json, type Service, textBody, xml } from '../service';

/** A first poll that waits a little answers most queries at once. */
const FIRST_POLL_MS = 300;
const LATER_POLL_MS = 1_000;

/** POST /projects/{p}/instances: 201 with the instance's address, the job runs on. */
export async function submitJob(service: Service, request: ApiRequest): Promise<ApiAnswer> {
  const job = parseJobXml(await textBody(request));
  const instance = await service.instances.submit({ job, owner: service.warehouse.owner });
  const location = `http://${service.address()}/api/projects/${service.project}/instances/${instance.id}`;
  return { status: 201, headers: { location } };
}

/** The instance. Throws 404 NoSuchObject. */
export function existingInstance(service: Service, id: string): Instance {
  const instance = service.instances.find(id);
  if (instance) return instance;
  throw notFound('NoSuchObject', `ODPS-0410061:Invalid instance id - ${id} not found`);
}

/** GET /projects/{p}/instances/{id} in all its forms. */
export async function getInstance({
  service,
  request,
  id,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly id: string;
}): Promise<ApiAnswer> {
  const { query } = request;
  existingInstance(service, id);
  if (query.has('taskstatus')) return taskStatus(existingInstance(service, id));
  if (query.has('result')) return result(service, existingInstance(service, id));
  if (query.has('source')) return xml(buildSourceXml(existingInstance(service, id).job));
  if (query.has('instancesummary')) return summary(existingInstance(service, id));
  if (query.has('instanceprogress')) return progress(existingInstance(service, id));
  if (query.has('instancedetail') || query.has('detail'))
    return summary(existingInstance(service, id));
  if (query.has('info')) throw invalid('Task info is not supported by the local MaxCompute');
  await service.instances.settled(id, query.has('instancestatus') ? LATER_POLL_MS : FIRST_POLL_MS);
  return status(existingInstance(service, id));
}

function instanceState(instance: Instance): 'Running' | 'Terminated' {
  return instance.state === 'Running' ? 'Running' : 'Terminated';
}

function headers(instance: Instance): Readonly<Record<string, string>> {
  return {
    'x-odps-owner': instance.owner,
    'x-odps-start-time': new Date(instance.start).toUTCString(),
    'x-odps-end-time': instance.end === undefined ? '' : new Date(instance.end).toUTCString(),
  };
}

function status(instance: Instance): ApiAnswer {
  return xml(buildInstanceXml({ status: instanceState(instance) }), { headers: headers(instance) });
}

function taskStatus(instance: Instance): ApiAnswer {
  const body = buildTaskStatusXml({
    status: instanceState(instance),
    tasks: [
      {
        name: instance.job.taskName,
        type: 'SQL',
        status: instance.state,
        startTime: new Date(instance.start),
        endTime: instance.end === undefined ? undefined : new Date(instance.end),
      },
    ],
  });
  return xml(body, { headers: headers(instance) });
}

/** The rows of a SELECT as CSV, the text of DESC and SHOW, or the message of what failed. */
async function result(service: Service, instance: Instance): Promise<ApiAnswer> {
  const { result: kept, state, message } = instance;
  const task = { name: instance.job.taskName, type: 'SQL', status: state };
  if (state === 'Running') return xml(buildResultXml([]));
  if (kept?.kind === 'rows') {
    const { database } = service.warehouse;
    const csv = await resultCsv({ instance, result: kept, database });
    const descriptor = resultDescriptor(kept);
    return xml(buildResultXml([{ ...task, result: csv, format: 'csv', descriptor }]));
  }
  const body = kept?.kind === 'text' ? kept.text : (message ?? '');
  return xml(buildResultXml([{ ...task, result: body, format: 'text' }]));
}

function summary(instance: Instance): ApiAnswer {
  const finished = instance.end ?? Date.now();
  const cost = {
    JobRunTime: Math.round((finished - instance.start) / 1000),
    State: instance.state,
  };
  const body = {
    Instance: {
      JsonSummary: JSON.stringify(cost),
      Summary: `Job run time: ${((finished - instance.start) / 1000).toFixed(3)} s\nState: ${instance.state}\n`,
    },
  };
  const finalized = instance.state === 'Running' ? 'false' : 'true';
  return json(body, { headers: { 'x-odps-task-finalized': finalized } });
}

function progress(instance: Instance): ApiAnswer {
  const done = instance.state === 'Running' ? 0 : 100;
  const running = instance.state === 'Running' ? 1 : 0;
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Progress><Stage ID="M1"><BackupWorkers>0</BackupWorkers>` +
      `<TerminatedWorkers>${1 - running}</TerminatedWorkers><RunningWorkers>${running}</RunningWorkers>` +
      `<TotalWorkers>1</TotalWorkers><InputRecords>0</InputRecords><OutputRecords>0</OutputRecords>` +
      `<FinishedPercentage>${done}</FinishedPercentage></Stage></Progress>`,
  );
}

/** PUT /projects/{p}/instances/{id} with Terminated: stops it. */
export async function stopInstance({
  service,
  request,
  id,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly id: string;
}): Promise<ApiAnswer> {
  const wanted = parseInstanceXml(await textBody(request));
  if (wanted !== 'Terminated') throw invalid(`An instance can't be set to ${wanted}`);
  const instance = existingInstance(service, id);
  if (instance.state !== 'Running') {
    throw invalid(
      `ODPS-0410051:Invalid instance state - instance ${id} has ended`,
      'InvalidStateSetting',
    );
  }
  await service.instances.stop(id);
  return {};
}

const PAGE = 100;

/** GET /projects/{p}/instances: newest first. */
export function listInstances(service: Service, query: ApiRequest['query']): ApiAnswer {
  const state = query.get('status');
  const all = service.instances
    .list()
    .filter((instance) => !state || instanceState(instance) === state)
    .filter((instance) => inRange(instance, query.get('daterange')));
  const from = Number(query.get('marker') || 0);
  const size = Math.min(Number(query.get('maxitems')) || PAGE, PAGE);
  const more = from + size < all.length;
  const items = all
    .slice(from, from + size)
    .map(
      (instance) =>
        `<Instance><Name>${instance.id}</Name><Owner>${escapeXml(instance.owner)}</Owner>` +
        `<StartTime>${new Date(instance.start).toUTCString()}</StartTime>` +
        `<EndTime>${instance.end === undefined ? '' : new Date(instance.end).toUTCString()}</EndTime>` +
        `<Status>${instanceState(instance)}</Status></Instance>`,
    );
  return xml(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Instances><Marker>${more ? from + size : ''}</Marker><MaxItems>${size}</MaxItems>${items.join('')}</Instances>`,
  );
}

/** `from:to` in epoch seconds, either end open. */
function inRange(instance: Instance, range: string | undefined): boolean {
  if (!range) return true;
  const [from, to] = range.split(':');
  const seconds = instance.start / 1000;
  return (!from || seconds >= Number(from)) && (!to || seconds <= Number(to));
}
