import { CloudError } from '../cloud-error';
import { OpenApi, type OpenApiOptions } from '../openapi/openapi';

/** Which figures of which metric are asked for. */
export interface MetricListRequest {
  readonly Namespace: string;
  readonly MetricName: string;
  /** Which resources, for example `[{"service":"walmart_v1"}]`; travels as JSON text. */
  readonly Dimensions?: readonly Readonly<Record<string, string>>[];
  /** Seconds a point, as text: 60, 300 or 900 for most metrics. */
  readonly Period?: string;
  /** ISO 8601 in UTC, or milliseconds since 1970. */
  readonly StartTime?: string;
  readonly EndTime?: string;
  /** Points a page, as text; 1,000 unless said, 1,440 at most. */
  readonly Length?: string;
  readonly NextToken?: string;
}

/** One figure; `timestamp` is in milliseconds since 1970. Which statistics there are depends on the metric. */
export interface Datapoint {
  readonly timestamp: number;
  readonly Average?: number;
  readonly Maximum?: number;
  readonly Minimum?: number;
  readonly Sum?: number;
  readonly Value?: number;
  readonly [dimensionOrStatistic: string]: string | number | undefined;
}

/** One page of figures. */
export interface MetricList {
  readonly RequestId: string;
  readonly Datapoints: readonly Datapoint[];
  readonly Period?: string;
  readonly NextToken?: string;
}

interface RawMetricList {
  readonly RequestId: string;
  readonly Code?: string;
  readonly Message?: string;
  readonly Success?: boolean;
  readonly Datapoints?: string;
  readonly Period?: string;
  readonly NextToken?: string;
}

/** CloudMonitor, API version 2019-01-01 (RPC style). Throws CloudError. */
export class CloudMonitor {
  readonly #api: OpenApi;

  constructor(options: OpenApiOptions) {
    const product = { name: 'cms', version: '2019-01-01', style: 'RPC' } as const;
    this.#api = new OpenApi({ ...options, product });
  }

  /** One page of a metric's figures, oldest first. */
  async describeMetricList(
    request: MetricListRequest & { readonly signal?: AbortSignal },
  ): Promise<MetricList> {
    const { signal, ...query } = request;
    const operation = 'DescribeMetricList';
    // RPC calls take POST and GET alike; GET says that the call is safe to repeat.
    const raw = await this.#api.call<RawMetricList>({ operation, method: 'GET', query, signal });
    // This product answers some refusals with status 200.
    if (raw.Success === false) {
      throw new CloudError({
        product: 'cms',
        operation,
        code: raw.Code ?? 'Unknown',
        message: `cms ${operation}: ${raw.Message ?? 'refused without a message'}`,
        requestId: raw.RequestId,
        retryable: raw.Code === '500' || (raw.Code ?? '').startsWith('Throttling'),
      });
    }
    return {
      RequestId: raw.RequestId,
      Datapoints: raw.Datapoints ? (JSON.parse(raw.Datapoints) as Datapoint[]) : [],
      Period: raw.Period,
      NextToken: raw.NextToken || undefined,
    };
  }

  /** Every figure that matches, page after page. */
  async *allDatapoints(
    request: Omit<MetricListRequest, 'NextToken'> & { readonly signal?: AbortSignal },
  ): AsyncGenerator<Datapoint> {
    let next: string | undefined;
    do {
      const page = await this.describeMetricList({ ...request, NextToken: next });
      yield* page.Datapoints;
      next = page.NextToken;
    } while (next);
  }
}
