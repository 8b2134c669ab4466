import { invalidService } from './eas-error';
import type { Replica } from './replica';

const ADDRESS = '127.0.0.1';
/** What every instance here is, by the parameter that asks for it. */
const SAME: Readonly<Record<string, string>> = {
  HostIP: ADDRESS,
  InstanceIP: ADDRESS,
  Role: 'Standard',
  ResourceType: 'PublicResource',
  IsSpot: 'false',
};

/** The instances that ListServiceInstances' parameters choose, in its order. */
export function listReplicas(options: {
  readonly replicas: readonly Replica[];
  readonly parameters: ReadonlyMap<string, string>;
}): readonly Replica[] {
  const value = (name: string): string => options.parameters.get(name) ?? '';
  const isElsewhere = Object.entries(SAME).some(([name, ours]) => (value(name) || ours) !== ours);
  if (isElsewhere || value('InstanceType') !== '') return [];
  const chosen = options.replicas.filter(
    ({ name, status }) =>
      (value('InstanceName') || name) === name &&
      (value('InstanceStatus') || status) === status &&
      (name.includes(value('Filter')) || ADDRESS.includes(value('Filter'))),
  );
  if (value('Sort') === '') return chosen;
  if (value('Sort') !== 'StartTime') throw invalidService('Sort must be StartTime.');
  const sign = value('Order') === 'asc' ? 1 : -1;
  return [...chosen].sort((a, b) => sign * (a.startedAt.getTime() - b.startedAt.getTime()));
}
