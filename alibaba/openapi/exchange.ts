import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** What was seen of one HTTP exchange, besides what the SDK lets through. */
export interface Exchange {
  /** Absent until the answer's head has arrived. */
  readonly response?: IncomingMessage;
  /** Breaks the connection off, so that a cancelled call doesn't go on in the background. */
  destroy(): void;
}

const NONCE = 'x-acs-signature-nonce';

/**
 * Watches the HTTP request that carries a signature nonce. The SDK drops the headers of an error
 * (`x-acs-retry-after` is one) and has no way to cancel; Node's own channels give both.
 */
export async function watchExchange<T>(
  nonce: string,
  work: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  const seen: { request?: ClientRequest; response?: IncomingMessage; destroyed: boolean } = {
    destroyed: false,
  };
  const onStart = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest };
    if (request.getHeader(NONCE) !== nonce) return;
    seen.request = request;
    if (seen.destroyed) request.destroy();
  };
  const onResponse = (message: unknown): void => {
    const { request, response } = message as {
      readonly request: ClientRequest;
      readonly response: IncomingMessage;
    };
    if (request === seen.request) seen.response = response;
  };
  subscribe('http.client.request.start', onStart);
  subscribe('http.client.response.finish', onResponse);
  try {
    return await work({
      get response() {
        return seen.response;
      },
      destroy: () => {
        seen.destroyed = true;
        seen.request?.destroy();
      },
    });
  } finally {
    unsubscribe('http.client.request.start', onStart);
    unsubscribe('http.client.response.finish', onResponse);
  }
}
