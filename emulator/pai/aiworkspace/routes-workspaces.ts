import type { FastifyInstance } from 'fastify';
import { invalidParameter } from '../api-error';
import type { PaiContext } from '../context';
import { contains, equals, numberedPage, oneOf, type SortKeys } from './paging';
import { answer, type WithResource } from './request-parts';
import { parseBody } from './schemas';
import {
  createWorkspace,
  updateWorkspace,
  type WorkspaceRecord,
  type Workspaces,
} from './workspaces';

const PATH = '/api/v1/workspaces';
const DEFAULT = '/api/v1/defaultWorkspaces';

const keys: SortKeys<WorkspaceRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  GmtModifiedTime: ({ GmtModifiedTime }) => GmtModifiedTime,
};
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 20 } as const;

interface Store {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly workspaces: Workspaces;
}

/** Workspaces, and which one is the account's default. */
export function registerWorkspaces({ app, context, workspaces }: Store): void {
  const view = (workspace: WorkspaceRecord): object => viewOf(workspace, context);
  app.post(PATH, async (request) => {
    const fields = parseBody(createWorkspace, request.openApi.json());
    const { WorkspaceId } = await workspaces.create(fields);
    return answer(request, { WorkspaceId });
  });
  app.get(PATH, async (request) => {
    const query = request.openApi.parameters;
    const option = query.get('Option') || 'GetWorkspaces';
    if (option !== 'GetWorkspaces') {
      throw invalidParameter('Option', `${option} is not supported by the local cloud`);
    }
    const items = workspaces
      .all()
      .filter(
        ({ WorkspaceId, WorkspaceName, ResourceGroupId }) =>
          contains(query.get('WorkspaceName'), WorkspaceName) &&
          oneOf(query.get('WorkspaceIds'), WorkspaceId) &&
          equals(query.get('Status'), 'ENABLED') &&
          equals(query.get('UserId'), context.accountId) &&
          equals(query.get('ResourceGroupId'), ResourceGroupId),
      );
    const { page, total } = numberedPage({ items, query, keys, byDefault });
    const isBrief = query.get('Fields') === 'Id';
    const brief = ({ WorkspaceId }: WorkspaceRecord): object => ({ WorkspaceId });
    return answer(request, { Workspaces: page.map(isBrief ? brief : view), TotalCount: total });
  });
  app.get<WithResource>(`${PATH}/:id`, async (request) => {
    const workspace = workspaces.get(request.params.id);
    const isVerbose = request.openApi.parameters.get('Verbose')?.toLowerCase() === 'true';
    const Owner = isVerbose ? ownerOf(context) : undefined;
    return answer(request, { ...view(workspace), Owner });
  });
  app.put<WithResource>(`${PATH}/:id`, async (request) => {
    const changes = parseBody(updateWorkspace, request.openApi.json());
    const old = workspaces.get(request.params.id);
    await workspaces.change(request.params.id, {
      DisplayName: changes.DisplayName ?? old.DisplayName,
      Description: changes.Description ?? old.Description,
    });
    return answer(request, {});
  });
  app.delete<WithResource>(`${PATH}/:id`, async (request) => {
    await workspaces.delete(request.params.id);
    return answer(request, {});
  });
  app.get(DEFAULT, async (request) => {
    const isVerbose = request.openApi.parameters.get('Verbose')?.toLowerCase() === 'true';
    const Conditions = isVerbose ? [{ Type: 'ENABLED', Code: 200, Message: '' }] : undefined;
    const workspace = workspaces.default();
    return answer(request, { ...view(workspace), Owner: ownerOf(context), Conditions });
  });
  app.put(DEFAULT, async (request) => {
    const body = request.openApi.json() as { WorkspaceId?: unknown } | undefined;
    await workspaces.setDefault(String(body?.WorkspaceId ?? ''));
    return answer(request, {});
  });
}

function viewOf(workspace: WorkspaceRecord, context: PaiContext): object {
  const { configs: _configs, members: _members, ...fields } = workspace;
  const { accountId } = context;
  return {
    ...fields,
    Status: 'ENABLED',
    Creator: accountId,
    AdminNames: [accountId],
    ExtraInfos: { TenantId: accountId },
  };
}

function ownerOf({ accountId }: PaiContext): object {
  return { UserId: accountId, UserKp: accountId, UserName: accountId, DisplayName: accountId };
}
