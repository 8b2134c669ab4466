import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PaiContext } from '../context';
import { isMountPath } from '../mounts';
import { Collection, given, newId } from './collection';
import { contains, equals, numberedPage, type SortKeys } from './paging';
import { answer, type WithResource } from './request-parts';
import { parseBody } from './schemas';

const PATH = '/api/v1/codesources';

const fields = {
  DisplayName: z.string().min(1),
  Description: z.string().optional(),
  CodeRepo: z.string().regex(/^(https?|ssh|git|file):\/\/.+|^[\w.-]+@[\w.-]+:.+/, 'is no address'),
  CodeBranch: z.string().optional(),
  CodeCommit: z.string().optional(),
  CodeRepoUserName: z.string().optional(),
  CodeRepoAccessToken: z.string().optional(),
  MountPath: z.string().refine(isMountPath, 'must be an absolute path other than /'),
  CloneType: z.number().int().min(0).max(1).optional(),
};
const createCodeSource = z.object({
  ...fields,
  WorkspaceId: z.string().min(1),
  Accessibility: z.enum(['PRIVATE', 'PUBLIC']).default('PRIVATE'),
});
const updateCodeSource = z.object(fields).partial();

/** A Git repository that jobs can mount, as it is kept and as it travels. */
export interface CodeSourceRecord extends z.infer<typeof createCodeSource> {
  readonly CodeSourceId: string;
  readonly UserId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifyTime: string;
}

const keys: SortKeys<CodeSourceRecord> = {
  GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime,
  GmtModifyTime: ({ GmtModifyTime }) => GmtModifyTime,
  DisplayName: ({ DisplayName }) => DisplayName,
  CodeSourceId: ({ CodeSourceId }) => CodeSourceId,
};
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 20 } as const;

/** The code sources on disk. */
export function openCodeSources(context: PaiContext): Collection<CodeSourceRecord> {
  return new Collection({
    folder: path.join(context.folder, 'aiworkspace', 'code-sources'),
    kind: 'CodeSource',
    idOf: ({ CodeSourceId }) => CodeSourceId,
  });
}

/** Code sources: what a DLC job's `CodeSource` refers to. */
export function registerCodeSources(store: {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly codeSources: Collection<CodeSourceRecord>;
}): void {
  const { app, context, codeSources } = store;
  const change = async (id: string, changes: Partial<CodeSourceRecord>): Promise<void> => {
    const GmtModifyTime = context.clock().toISOString();
    await codeSources.keep({ ...codeSources.get(id), ...given(changes), GmtModifyTime });
  };
  app.post(PATH, async (request) => {
    const now = context.clock().toISOString();
    const { CodeSourceId } = await codeSources.keep({
      ...parseBody(createCodeSource, request.openApi.json()),
      CodeSourceId: newId('code'),
      UserId: context.accountId,
      GmtCreateTime: now,
      GmtModifyTime: now,
    });
    return answer(request, { CodeSourceId });
  });
  app.get(PATH, async (request) => {
    const query = request.openApi.parameters;
    const items = codeSources
      .all()
      .filter(
        ({ DisplayName, WorkspaceId }) =>
          contains(query.get('DisplayName'), DisplayName) &&
          equals(query.get('WorkspaceId'), WorkspaceId),
      );
    const { page, total } = numberedPage({ items, query, keys, byDefault });
    return answer(request, { CodeSources: page, TotalCount: total });
  });
  app.get<WithResource>(`${PATH}/:id`, async (request) =>
    answer(request, codeSources.get(request.params.id)),
  );
  app.put<WithResource>(`${PATH}/:id`, async (request) => {
    await change(request.params.id, parseBody(updateCodeSource, request.openApi.json()));
    return answer(request, { CodeSourceId: request.params.id });
  });
  app.put<WithResource>(`${PATH}/:id/publish`, async (request) => {
    await change(request.params.id, { Accessibility: 'PUBLIC' });
    return answer(request, { CodeSourceId: request.params.id });
  });
  app.delete<WithResource>(`${PATH}/:id`, async (request) => {
    await codeSources.remove(request.params.id);
    return answer(request, { CodeSourceId: request.params.id });
  });
}
