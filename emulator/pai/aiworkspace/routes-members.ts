import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError, invalidParameter, missingParameter } from '../api-error';
import { notFound } from './collection';
import { contains, equals, numberedPage, type SortKeys } from './paging';
import { answer, type WithResource } from './request-parts';
import { parseBody } from './schemas';
import type { MemberRecord, WorkspaceRecord, Workspaces } from './workspaces';

const PATH = '/api/v1/workspaces/:id';
const ROLES = [
  'PAI.AlgoDeveloper',
  'PAI.AlgoOperator',
  'PAI.LabelManager',
  'PAI.MaxComputeDeveloper',
  'PAI.WorkspaceAdmin',
  'PAI.WorkspaceGuest',
  'PAI.WorkspaceOwner',
] as const;

const role = z.enum(ROLES);
const createMember = z.object({
  Members: z.array(z.object({ UserId: z.string().min(1), Roles: z.array(role).min(1) })).min(1),
});
const keys: SortKeys<MemberRecord> = { GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime };
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 20 } as const;

interface WithRole {
  readonly Params: { readonly id: string; readonly member: string; readonly role: string };
}

interface Store {
  readonly app: FastifyInstance;
  readonly workspaces: Workspaces;
  readonly clock: () => Date;
}

/** Who may work in a workspace. The local cloud keeps the list; it doesn't refuse anybody by it. */
export function registerMembers(store: Store): void {
  registerList(store);
  registerRoles(store);
}

function registerList({ app, workspaces, clock }: Store): void {
  app.get<WithResource>(`${PATH}/members`, async (request) => {
    const query = request.openApi.parameters;
    const roles = query.get('Roles')?.split(',').filter(Boolean);
    const workspace = workspaces.get(request.params.id);
    const items = workspace.members.filter(
      ({ UserId, Roles }) =>
        contains(query.get('MemberName'), UserId) &&
        equals(query.get('UserId'), UserId) &&
        (!roles?.length || Roles.some((one) => roles.includes(one))),
    );
    const { page, total } = numberedPage({ items, query, keys, byDefault });
    const Members = page.map((member) => viewOf(workspace, member));
    return answer(request, { Members, TotalCount: total });
  });
  app.post<WithResource>(`${PATH}/members`, async (request) => {
    const workspace = workspaces.get(request.params.id);
    const { Members } = parseBody(createMember, request.openApi.json());
    const now = clock().toISOString();
    const added = Members.map((member) => ({ ...member, GmtCreateTime: now }));
    const ids = added.map(({ UserId }) => UserId);
    const taken = workspace.members.find(({ UserId }) => ids.includes(UserId));
    if (taken) throw invalidParameter('Members.UserId', `${taken.UserId} is a member already`);
    await workspaces.change(request.params.id, { members: [...workspace.members, ...added] });
    return answer(request, { Members: added.map((member) => viewOf(workspace, member)) });
  });
  app.delete<WithResource>(`${PATH}/members`, async (request) => {
    const workspace = workspaces.get(request.params.id);
    const ids = request.openApi.parameters.get('MemberIds')?.split(',').filter(Boolean) ?? [];
    if (ids.length === 0) throw missingParameter('MemberIds');
    for (const id of ids) refuseOwner(memberOf(workspace, id));
    const members = workspace.members.filter((member) => !ids.includes(idOf(workspace, member)));
    await workspaces.change(request.params.id, { members });
    return answer(request, {});
  });
  app.get<WithResource>(`${PATH}/member`, async (request) => {
    const workspace = workspaces.get(request.params.id);
    return answer(request, viewOf(workspace, askedMember(workspace, request)));
  });
}

function registerRoles({ app, workspaces }: Store): void {
  const change = async (
    request: FastifyRequest<WithRole>,
    changed: (roles: readonly string[], name: string) => readonly string[],
  ): Promise<object> => {
    const { id, member: memberId, role: name } = request.params;
    const workspace = workspaces.get(id);
    const member = memberOf(workspace, memberId);
    if (!role.safeParse(name).success) throw invalidParameter('RoleName', `${name} is no role`);
    const Roles = changed(member.Roles, name);
    const members = workspace.members.map((one) => (one === member ? { ...one, Roles } : one));
    await workspaces.change(id, { members });
    return answer(request, {});
  };
  const url = `${PATH}/members/:member/roles/:role`;
  app.post<WithRole>(url, (request) =>
    change(request, (roles, name) => [...new Set([...roles, name])]),
  );
  app.delete<WithRole>(url, (request) =>
    change(request, (roles, name) => roles.filter((one) => one !== name)),
  );
}

function askedMember(workspace: WorkspaceRecord, request: FastifyRequest): MemberRecord {
  const memberId = request.openApi.parameters.get('MemberId');
  const userId = request.openApi.parameters.get('UserId');
  if (Boolean(memberId) === Boolean(userId)) {
    throw invalidParameter('UserId', 'exactly one of UserId and MemberId is required');
  }
  return memberOf(workspace, memberId || idOf(workspace, { UserId: userId as string }));
}

function memberOf(workspace: WorkspaceRecord, memberId: string): MemberRecord {
  const member = workspace.members.find((one) => idOf(workspace, one) === memberId);
  if (!member) throw notFound('Member', memberId);
  return member;
}

function refuseOwner({ UserId, Roles }: MemberRecord): void {
  if (!Roles.includes('PAI.WorkspaceOwner')) return;
  throw new ApiError({
    statusCode: 400,
    code: 'OwnerNotDeletable',
    message: `${UserId} owns the workspace.`,
  });
}

function idOf(workspace: WorkspaceRecord, { UserId }: Pick<MemberRecord, 'UserId'>): string {
  return `${workspace.WorkspaceId}-${UserId}`;
}

function viewOf(workspace: WorkspaceRecord, member: MemberRecord): object {
  const { UserId, Roles, GmtCreateTime } = member;
  const isOwner = Roles.includes('PAI.WorkspaceOwner');
  return {
    MemberId: idOf(workspace, member),
    MemberName: UserId,
    DisplayName: UserId,
    AccountName: UserId,
    AccountType: isOwner ? '1' : '5',
    UserId,
    Roles,
    GmtCreateTime,
  };
}
