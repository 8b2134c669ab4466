import { serviceLabels } from '../activities/deploy-service';
import { registeredModelName } from '../activities/register-version';
import { easGroupName } from '../policy/instance-name';
import { groupOf, registeredModelOf, VERSION_LABEL } from './names';

it('names groups, models and labels as deployment and registration do', () => {
  const names = { pipeline: 'walmart', environment: 'prod' } as const;
  for (const pattern of ['{pipeline}_{environment}', 'sales_{pipeline}', '{pipeline}{pipeline}']) {
    expect(groupOf({ pattern, ...names })).toBe(easGroupName({ pattern, ...names }));
  }
  expect(registeredModelOf(names)).toBe(registeredModelName(names));
  expect(VERSION_LABEL).toBe(serviceLabels.version);
});
