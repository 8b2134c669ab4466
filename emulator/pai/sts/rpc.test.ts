import { keyringOf } from '../../identity/keyring';
import { ApiError } from '../api-error';
import type { OpenApiCall } from '../openapi-app';
import { answerSts } from './rpc';

const clock = () => new Date('2025-07-10T07:35:27Z');
const keys = { accessKeyId: 'LTAItest', accessKeySecret: 'secret', tokenSecret: 'token' };
const keyring = keyringOf({ keys, clock });
const accountId = '1000000000000000';
const context = { folder: '/none', keyring, region: 'cn-hangzhou', accountId, clock };

function ask(action: string, parameters: Record<string, string>, role?: string) {
  const call: OpenApiCall = {
    accessKeyId: keys.accessKeyId,
    role,
    action,
    version: '2015-04-01',
    parameters: new Map(Object.entries(parameters)),
    requestId: 'REQUEST',
    json: () => undefined,
  };
  return answerSts({ call, context });
}

const good = { RoleArn: `acs:ram::${accountId}:role/trainer`, RoleSessionName: 'session' };

test('a role is assumed: the keys are known with their token, until they end', () => {
  const answer = ask('AssumeRole', { ...good, DurationSeconds: '900' });
  const credentials = answer?.['Credentials'] as Record<string, string>;
  expect(credentials['Expiration']).toBe('2025-07-10T07:50:27Z');
  const found = keyring.find({
    accessKeyId: credentials['AccessKeyId'],
    securityToken: credentials['SecurityToken'],
  });
  expect(found).toEqual({ kind: 'key', secret: credentials['AccessKeySecret'], role: 'trainer' });
});

test.each([
  [{ RoleSessionName: 'session' }, 400],
  [{ ...good, RoleArn: 'trainer' }, 400],
  [{ ...good, RoleArn: 'acs:ram::1:role/trainer' }, 404],
  [{ ...good, RoleSessionName: 'a b' }, 400],
  [{ ...good, DurationSeconds: '899' }, 400],
])('%j is refused', (parameters, statusCode) => {
  const call = () => ask('AssumeRole', parameters as Record<string, string>);
  expect(call).toThrow(ApiError);
  expect(call).toThrow(expect.objectContaining({ statusCode }));
});

test('who am I', () => {
  expect(ask('GetCallerIdentity', {})).toMatchObject({ IdentityType: 'Account' });
  expect(ask('GetCallerIdentity', {}, 'trainer')).toMatchObject({
    IdentityType: 'AssumedRoleUser',
    AccountId: accountId,
  });
  expect(ask('CreateUser', {})).toBeUndefined();
});
