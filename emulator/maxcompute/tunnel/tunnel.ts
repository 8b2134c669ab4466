import { invalid } from '../api-error';
import type { ApiAnswer, ApiRequest, Service } from '../service';
import { downloadInstance, downloadTable } from './download-routes';
import { previewTable } from './preview';
import { streamTable } from './stream-routes';
import { uploadTable } from './upload-routes';

/** Tunnel requests are told from REST's by their query. */
export function isTunnelRequest({ query }: ApiRequest): boolean {
  return ['uploads', 'uploadid', 'downloads', 'downloadid'].some((name) => query.has(name));
}

/** Upload and download of a table's rows. */
export function tableTunnel({
  service,
  request,
  name,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
}): Promise<ApiAnswer> {
  const uploads = request.query.has('uploads') || request.query.has('uploadid');
  return uploads
    ? uploadTable({ service, request, name })
    : downloadTable({ service, request, name });
}

/** What has a path of its own below a table; undefined for anything else. */
export function belowTable({
  service,
  request,
  name,
  deeper,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly name: string;
  readonly deeper: string;
}): Promise<ApiAnswer> | undefined {
  if (deeper === 'streams') return streamTable({ service, request, name });
  if (deeper === 'preview') return previewTable({ service, request, name });
  if (deeper === 'upserts') {
    throw invalid('Upsert sessions (Delta Tables) are not supported by the local MaxCompute');
  }
  return undefined;
}

/** Download of a SELECT's rows. */
export function instanceTunnel({
  service,
  request,
  id,
}: {
  readonly service: Service;
  readonly request: ApiRequest;
  readonly id: string;
}): Promise<ApiAnswer> {
  return downloadInstance({ service, request, id });
}
