import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { missingParameter } from '../api-error';
import { notFound } from './collection';
import { hasAllLabels, labelList } from './labels';
import { equals, oneOf } from './paging';
import { answer, type WithLabel, type WithResource } from './request-parts';
import { parseBody } from './schemas';
import type { ConfigRecord, WorkspaceRecord, Workspaces } from './workspaces';

const PATH = '/api/v1/workspaces/:id';

const config = z.object({
  CategoryName: z.string().default('CommonResourceConfig'),
  ConfigKey: z.string().min(1),
  ConfigValue: z.string(),
  Labels: labelList.default([]),
});
const configs = z.object({ Configs: z.array(config).min(1) });

/** What a workspace configures, for example `modelExportPath`: where models go by default. */
export function registerConfigs(store: {
  readonly app: FastifyInstance;
  readonly workspaces: Workspaces;
  readonly clock: () => Date;
}): void {
  const { app, workspaces, clock } = store;
  const set = async (id: string, changes: readonly z.infer<typeof config>[]): Promise<void> => {
    const now = clock().toISOString();
    const workspace = workspaces.get(id);
    await workspaces.change(id, { configs: withConfigs(workspace.configs, changes, now) });
  };
  app.get<WithResource>(`${PATH}/configs`, async (request) => {
    const query = request.openApi.parameters;
    const isVerbose = query.get('Verbose')?.toLowerCase() !== 'false';
    const found = workspaces
      .get(request.params.id)
      .configs.filter(
        ({ CategoryName, ConfigKey, Labels }) =>
          oneOf(query.get('ConfigKeys'), ConfigKey) &&
          equals(query.get('CategoryName'), CategoryName) &&
          hasAllLabels(query.get('Labels'), Labels),
      );
    const Configs = found.map((one) => ({ ...one, Labels: isVerbose ? one.Labels : undefined }));
    return answer(request, { Configs, TotalCount: found.length });
  });
  app.put<WithResource>(`${PATH}/configs`, async (request) => {
    await set(request.params.id, parseBody(configs, request.openApi.json()).Configs);
    return answer(request, {});
  });
  app.get<WithResource>(`${PATH}/config`, async (request) => {
    const query = request.openApi.parameters;
    const key = query.get('ConfigKey');
    if (!key) throw missingParameter('ConfigKey');
    const found = configOf(workspaces.get(request.params.id), key, query.get('CategoryName'));
    return answer(request, { WorkspaceId: request.params.id, ...found });
  });
  app.put<WithResource>(`${PATH}/config`, async (request) => {
    await set(request.params.id, [parseBody(config, request.openApi.json())]);
    return answer(request, {});
  });
  app.delete<WithLabel>(`${PATH}/configs/:key`, async (request) => {
    const { id, key } = request.params;
    const workspace = workspaces.get(id);
    const category = request.openApi.parameters.get('CategoryName');
    const doomed = configOf(workspace, key, category);
    await workspaces.change(id, { configs: workspace.configs.filter((one) => one !== doomed) });
    return answer(request, {});
  });
}

function configOf(workspace: WorkspaceRecord, key: string, category?: string): ConfigRecord {
  const found = workspace.configs.find(
    ({ ConfigKey, CategoryName }) => ConfigKey === key && equals(category, CategoryName),
  );
  if (!found) throw notFound('Config', key);
  return found;
}

function withConfigs(
  old: readonly ConfigRecord[],
  changes: readonly z.infer<typeof config>[],
  now: string,
): readonly ConfigRecord[] {
  const idOf = (one: { CategoryName: string; ConfigKey: string }): string =>
    `${one.CategoryName}/${one.ConfigKey}`;
  const byId = new Map(old.map((one) => [idOf(one), one]));
  for (const change of changes) {
    const GmtCreateTime = byId.get(idOf(change))?.GmtCreateTime ?? now;
    byId.set(idOf(change), { ...change, GmtCreateTime, GmtModifiedTime: now });
  }
  return [...byId.values()];
}
