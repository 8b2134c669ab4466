import type { PaiContext } from '../context';
import type { TrafficMeter } from '../eas/traffic-meter';
import type { OpenApiCall } from '../openapi-app';
import { EAS_METRICS } from './eas-metrics';
import { describeMetricList, EAS_NAMESPACE } from './metric-list';

/** Answers a CloudMonitor call (RPC, 2019-01-01); undefined when the operation isn't here. */
export function answerCms(options: {
  readonly call: OpenApiCall;
  readonly context: PaiContext;
  readonly meter: TrafficMeter;
}): Record<string, unknown> | undefined {
  const { call, context, meter } = options;
  const envelope = { RequestId: call.requestId, Code: '200', Success: true };
  if (call.action === 'DescribeMetricList') {
    const { parameters } = call;
    const { accountId } = context;
    const now = context.clock().getTime();
    return { ...envelope, ...describeMetricList({ parameters, meter, accountId, now }) };
  }
  if (call.action === 'DescribeMetricMetaList') {
    const wanted = call.parameters.get('MetricName');
    const isHere = (call.parameters.get('Namespace') || EAS_NAMESPACE) === EAS_NAMESPACE;
    const metrics = isHere ? EAS_METRICS.filter(({ name }) => (wanted || name) === name) : [];
    const Resource = metrics.map((metric) => ({
      Namespace: EAS_NAMESPACE,
      MetricName: metric.name,
      Description: metric.description,
      Unit: metric.unit,
      Dimensions: 'userId,serviceName',
      Statistics: metric.statistics.join(','),
      Periods: '60,300,900',
      Labels: '[]',
    }));
    return { ...envelope, Resources: { Resource }, TotalCount: String(metrics.length) };
  }
  return undefined;
}
