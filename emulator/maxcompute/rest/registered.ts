import { invalid, notFound } from '../api-error';
import { type ApiAnswer, type ApiRequest, xml } from '../service';

/** What a project can have registered, of which the local one has none. */
export type Registered = 'Functions' | 'Resources' | 'Volumes';

/** GET lists none, GET of a name finds none, and what would make one is refused by name. */
export function registered({
  kind,
  request,
  name,
}: {
  readonly kind: Registered;
  readonly request: ApiRequest;
  readonly name?: string;
}): ApiAnswer {
  const { method } = request;
  if (method === 'GET' && name === undefined) {
    return xml(
      `<?xml version="1.0" encoding="UTF-8"?>\n<${kind}><Marker></Marker><MaxItems>1000</MaxItems></${kind}>`,
    );
  }
  if (method === 'GET' || method === 'HEAD' || method === 'DELETE') {
    throw notFound('NoSuchObject', `${kind.slice(0, -1)} ${name} is not found`);
  }
  throw invalid(`${kind} of one's own are not supported by the local MaxCompute`);
}
