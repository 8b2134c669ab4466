import { type Html, html } from './html';
import { badge, heading, kindInWords, moment, r2, shownPart, type Tone, table } from './page-parts';
import { executionUrl } from './page-runs';
import type { LoopStatus, PipelineStatus, ServiceLine, ServingStatus, VersionLine } from './status';

/** All that is known of one pipeline: what serves, the lifecycle, a prediction to try, its versions. */
export function pipelineSection(input: {
  readonly pipeline: PipelineStatus;
  readonly status: LoopStatus;
  readonly token?: string;
}): Html {
  const { pipeline, status, token } = input;
  const { name } = pipeline;
  return html`<section aria-labelledby="h-${name}">
<h2 id="h-${name}">${name}</h2>
<p class="about">${pipeline.description}</p>
<div class="grid">
<div class="card" id="serving-${name}" data-part><h3>Serving now</h3>${shownPart(
    pipeline.serving,
    (serving) => servingNow(serving, pipeline),
  )}</div>
<div class="card" id="lifecycle-${name}" data-part><h3>Lifecycle</h3>${shownPart(
    pipeline.lifecycle,
    (lifecycle) => lifecycleNow({ lifecycle, pipeline, status }),
  )}</div>
</div>
<div class="card" id="predict-${name}" data-part>${predictionToTry(pipeline, token)}</div>
<div class="card" id="versions-${name}" data-part><h3>Registered versions</h3>${shownPart(
    pipeline.versions,
    (versions) => versionsTable(versions, pipeline),
  )}</div>
</section>`;
}

function servingNow(serving: ServingStatus, pipeline: PipelineStatus): Html {
  const inTraffic = serving.services.filter(({ weight }) => weight > 0);
  if (!serving.exists || serving.services.length === 0) {
    return html`<p class="none">Nothing serves yet: the first promoted run makes the EAS group ${serving.group}.</p>`;
  }
  const [first] = inTraffic;
  return html`${first ? leader(first, pipeline) : html`<p class="problem">No service of the group gets traffic.</p>`}
${inTraffic.length > 0 ? trafficBar(inTraffic) : html``}
${table({
  label: `Services of the EAS group ${serving.group}`,
  head: [
    heading('Version and its service'),
    heading('Status'),
    heading('Traffic', 'num'),
    heading('Instances', 'num'),
  ],
  rows: serving.services.map(serviceRow),
})}`;
}

function leader(service: ServiceLine, pipeline: PipelineStatus): Html {
  const known = pipeline.versions.ok
    ? pipeline.versions.value.find(({ modelVersion }) => modelVersion === service.modelVersion)
    : undefined;
  const kind = kindInWords(known?.kind);
  const score =
    known?.validationR2 === undefined
      ? html``
      : html`, validation R² <b>${r2(known.validationR2)}</b>`;
  return html`<p class="big">${service.modelVersion ?? service.name}</p>
<p class="under">${kind ?? 'Model'}${score}, <b>${percent(service.share)}</b> of the traffic</p>`;
}

function trafficBar(services: readonly ServiceLine[]): Html {
  const words = services.map(
    ({ modelVersion, name, share }) => `${modelVersion ?? name} ${percent(share)}`,
  );
  let x = 0;
  const pieces = services.map(({ share }) => {
    const piece = html`<rect x="${x}" y="0" width="${share * 100}" height="10"/>`;
    x += share * 100;
    return piece;
  });
  return html`<svg class="traffic" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="Traffic: ${words.join(', ')}">${pieces}</svg>`;
}

function serviceRow(service: ServiceLine): Html {
  const { runningInstances: running, totalInstances: total } = service;
  const instances = running === undefined ? '–' : `${running} of ${total ?? running}`;
  const tone = toneOfService(service.status);
  const why =
    tone === 'good' || !service.message ? html`` : html`<small>${service.message}</small>`;
  return html`<tr><td class="name">${service.modelVersion ?? '–'}<small>${service.name}</small></td>
<td class="message">${badge(tone, service.status)}${why}</td>
<td class="num">${percent(service.share)}</td><td class="num">${instances}</td></tr>`;
}

function toneOfService(status: string): Tone {
  if (status === 'Running') return 'good';
  if (status === 'Failed' || status === 'DeleteFailed') return 'bad';
  return status === 'Stopped' ? 'idle' : 'busy';
}

type Lifecycle = Extract<PipelineStatus['lifecycle'], { ok: true }>['value'];

function lifecycleNow(input: {
  readonly lifecycle: Lifecycle;
  readonly pipeline: PipelineStatus;
  readonly status: LoopStatus;
}): Html {
  const { lifecycle, pipeline, status } = input;
  if (lifecycle === null) {
    return html`<p class="none">Not started yet: the first <code>npx pai-loop retrain</code> starts it.</p>`;
  }
  const { openRun, servingVersion, recentRuns } = lifecycle;
  const last = recentRuns.at(-1);
  const run = openRun && workflowLink({ ...openRun, status });
  const state = openRun ? badge('busy', 'a run is open') : badge('good', 'waiting for a request');
  return html`<dl>
<dt>State</dt><dd>${state}</dd>
${run ? html`<dt>Open run</dt><dd>${run}</dd>` : html``}
<dt>Champion</dt><dd>${servingVersion ?? 'none yet'}${differs(servingVersion, pipeline)}</dd>
<dt>Last run</dt><dd>${last ? html`${last.runId}<br>${last.reason}` : 'none yet'}</dd>
</dl>`;
}

/** EAS is right about what serves; a lifecycle that believes otherwise is worth a word. */
function differs(known: string | undefined, { serving }: PipelineStatus): Html {
  if (!serving.ok) return html``;
  const served = serving.value.services.filter(({ weight }) => weight > 0);
  const agrees =
    known === undefined ? served.length === 0 : served.some((one) => one.modelVersion === known);
  return agrees ? html`` : html` ${badge('warn', 'EAS says otherwise')}`;
}

function workflowLink(input: {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: LoopStatus;
}): Html {
  const url = executionUrl({ workflowId: input.workflowId, status: input.status });
  return url === undefined ? html`${input.runId}` : html`<a href="${url}">${input.runId}</a>`;
}

const EXAMPLE =
  '{"store":1,"temperature":75.5,"fuel_price":3.2,"holiday_flag":0,"unemployment":8.1,"cpi":210.3}';

function predictionToTry(pipeline: PipelineStatus, token: string | undefined): Html {
  const { serving, name } = pipeline;
  const title = html`<h3>Ask for a prediction</h3>`;
  if (!serving.ok) return html`${title}<p class="none">Not known while EAS can't be reached.</p>`;
  if (serving.value.url === undefined) {
    return html`${title}<p class="none">Possible as soon as something serves.</p>`;
  }
  const url = `${serving.value.url.replace(/\/$/, '')}/predict`;
  const shownToken =
    token === undefined ? '"Authorization: $EAS_TOKEN"' : `'Authorization: ${token}'`;
  const text = `curl -X POST '${url}' \\\n  -H ${shownToken} \\\n  -H 'Content-Type: application/json' \\\n  -d '${EXAMPLE}'`;
  const hint =
    token === undefined
      ? html`<p class="hint">The token isn't shown on this address: <code>npx pai-loop status --json</code> has it as <code>service.token</code>.</p>`
      : html``;
  return html`<div class="ask">${title}<button type="button" data-copy="curl-${name}">Copy</button></div>
<pre id="curl-${name}" tabindex="0">${text}</pre>${hint}`;
}

function versionsTable(versions: readonly VersionLine[], pipeline: PipelineStatus): Html {
  if (versions.length === 0) return html`<p class="none">No version has been registered yet.</p>`;
  const { serving } = pipeline;
  // What can't be asked is not known, which isn't zero.
  const traffic = ({ modelVersion }: VersionLine) =>
    serving.ok
      ? percent(serving.value.services.find((one) => one.modelVersion === modelVersion)?.share ?? 0)
      : '–';
  return table({
    label: `Registered versions of ${pipeline.name}`,
    head: [
      heading('Version'),
      heading('Model'),
      heading('Train R²', 'num'),
      heading('Validation R²', 'num'),
      heading('Approval'),
      heading('Traffic', 'num'),
      heading('Registered (UTC)'),
    ],
    rows: versions.map(
      (
        version,
      ) => html`<tr><td class="name">${version.modelVersion}</td><td>${kindInWords(version.kind) ?? '–'}</td>
<td class="num">${r2(version.trainR2)}</td><td class="num">${r2(version.validationR2)}</td>
<td>${approval(version.approval)}</td><td class="num">${traffic(version)}</td><td>${moment(version.createdAt)}</td></tr>`,
    ),
  });
}

function approval(status: string | undefined): Html {
  if (status === undefined) return html`–`;
  const tone = { Approved: 'good', Rejected: 'bad' }[status] ?? 'warn';
  return badge(tone as Tone, status);
}

function percent(share: number): string {
  return share === 0
    ? '0 %'
    : `${(share * 100).toFixed(share === 1 ? 0 : 1).replace(/\.0$/, '')} %`;
}
