import type { ApiAnswer, ApiRequest, Service } from '../service';
import { downloadInstance, downloadTable } from './download-routes';
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
