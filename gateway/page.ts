import { createHash } from 'node:crypto';
import { Html, html } from './html';
import { pipelineSection } from './page-pipeline';
import { runsCard } from './page-runs';
import { SCRIPT } from './page-script';
import { STYLE } from './page-style';
import type { LoopStatus } from './status';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Header that lets the page run its own script and style and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${sha256(SCRIPT)}'`,
  `style-src 'sha256-${sha256(STYLE)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Digest of all that is shown, but not of when it was looked at: equal as long as nothing changed. */
export function digestOf(status: LoopStatus): string {
  const { at: _at, ...shown } = status;
  return createHash('sha256').update(JSON.stringify(shown)).digest('hex').slice(0, 16);
}

/** The operator's page as a whole HTML document; tokens by pipeline only where they may be shown. */
export function page(input: {
  readonly status: LoopStatus;
  readonly tokens: ReadonlyMap<string, string>;
}): string {
  const { status, tokens } = input;
  const sections = status.pipelines.map((pipeline) =>
    pipelineSection({ pipeline, status, token: tokens.get(pipeline.name) }),
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pai-loop · ${status.environment}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${new Html(STYLE)}</style>
<noscript><meta http-equiv="refresh" content="15"></noscript>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><div class="bar">
<h1>${new Html(ICON)}pai-loop</h1>
<span class="chip ${status.environment === 'prod' ? 'prod' : ''}">${status.environment}</span>
<span class="where">${status.cloud === 'local' ? 'local cloud' : 'Alibaba Cloud'}, ${status.region}</span>
<span class="fresh" id="fresh" role="status">Updated ${status.at.slice(11, 19)} UTC</span>
</div></header>
<main id="main" data-digest="${digestOf(status)}">
${sections}
${runsCard(status)}
</main>
<footer>Temporal namespace ${status.temporal.namespace}${temporalLink(status)}. Status as JSON: <a href="/api/status">/api/status</a>. Webhooks are ${status.webhooks.enabled ? 'on' : 'off'}.</footer>
<script>${new Html(SCRIPT)}</script>
</body>
</html>
`.text;
}

function temporalLink({ temporal }: LoopStatus): Html {
  const { ui, address } = temporal;
  if (ui === undefined) return address === '' ? html`` : html` at ${address}`;
  return html` (<a href="${ui}">Temporal UI</a>)`;
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6" fill="#1f6feb"/><path d="M12 5.5a6.5 6.5 0 1 1-6.1 4.2" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/><path d="M8.9 3.2 12.6 5.6 9.6 8.9" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>';
