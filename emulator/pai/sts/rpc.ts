import { ApiError, invalidParameter, missingParameter } from '../api-error';
import type { PaiContext } from '../context';
import type { OpenApiCall } from '../openapi-app';

const ROLE_ARN = /^acs:ram::(\d+):role\/([\w.-]{1,64})$/;
const SESSION_NAME = /^[\w.@-]{2,64}$/;
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;

/** Answers an STS call (RPC, 2015-04-01); undefined when the operation isn't here. */
export function answerSts(options: {
  readonly call: OpenApiCall;
  readonly context: PaiContext;
}): Record<string, unknown> | undefined {
  if (options.call.action === 'AssumeRole') return assumeRole(options);
  if (options.call.action === 'GetCallerIdentity') return callerIdentity(options);
  return undefined;
}

function assumeRole(options: { readonly call: OpenApiCall; readonly context: PaiContext }) {
  const { call, context } = options;
  const arn = ROLE_ARN.exec(required(call, 'RoleArn'));
  if (!arn) throw invalidParameter('RoleArn', 'it must be acs:ram::<account>:role/<name>');
  const [RoleArn, account, role] = arn;
  if (account !== context.accountId) {
    throw new ApiError({
      statusCode: 404,
      code: 'EntityNotExist.Role',
      message: `The role does not exist: ${RoleArn}.`,
    });
  }
  const session = required(call, 'RoleSessionName');
  if (!SESSION_NAME.test(session)) throw invalidParameter('RoleSessionName', 'its format is wrong');
  const seconds = Number(call.parameters.get('DurationSeconds') || 3600);
  if (!Number.isInteger(seconds) || seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
    throw invalidParameter('DurationSeconds', `it must be from ${MIN_SECONDS} to ${MAX_SECONDS}`);
  }
  const token = context.keyring.issueToken({ role, seconds });
  return {
    RequestId: call.requestId,
    AssumedRoleUser: {
      Arn: `acs:ram::${account}:role/${role}/${session}`,
      AssumedRoleId: `3${account.slice(1)}:${session}`,
    },
    Credentials: {
      AccessKeyId: token.accessKeyId,
      AccessKeySecret: token.accessKeySecret,
      SecurityToken: token.securityToken,
      Expiration: token.expiration,
    },
  };
}

function callerIdentity(options: { readonly call: OpenApiCall; readonly context: PaiContext }) {
  const { call, context } = options;
  const { accountId } = context;
  const isRole = call.role !== undefined;
  return {
    RequestId: call.requestId,
    AccountId: accountId,
    IdentityType: isRole ? 'AssumedRoleUser' : 'Account',
    PrincipalId: isRole ? `${call.role}:session` : accountId,
    UserId: accountId,
    Arn: isRole
      ? `acs:ram::${accountId}:assumed-role/${call.role}/session`
      : `acs:ram::${accountId}:root`,
  };
}

function required(call: OpenApiCall, name: string): string {
  const value = call.parameters.get(name);
  if (!value) throw missingParameter(name);
  return value;
}
