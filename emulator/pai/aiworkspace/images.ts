import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PaiContext } from '../context';
import { Collection, nameTaken, newId } from './collection';
import { hasAllLabels, withLabels, withoutLabels } from './labels';
import { DEFAULT_WORKSPACE } from './models';
import { contains, equals, numberedPage, type SortKeys } from './paging';
import type { LabelRecord } from './records';
import { answer, type WithLabel, type WithResource } from './request-parts';
import { parseBody } from './schemas';

const PATH = '/api/v1/images';

const imageLabels = z.array(z.object({ Key: z.string().min(1), Value: z.string().default('') }));
const addImage = z.object({
  Name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,49}$/, 'must have 1 to 50 lower-case letters, digits, hyphens'),
  ImageUri: z.string().min(1),
  ImageId: z
    .string()
    .regex(/^image-[A-Za-z0-9]{18}$/, 'must be image- and 18 letters or digits')
    .optional(),
  Description: z.string().optional(),
  Accessibility: z.enum(['PRIVATE', 'PUBLIC']).default('PRIVATE'),
  WorkspaceId: z.string().min(1).default(DEFAULT_WORKSPACE),
  Size: z.number().int().min(0).optional(),
  SourceType: z.enum(['Import', 'Build']).default('Import'),
  SourceId: z.string().optional(),
  Labels: imageLabels.default([]),
});
const addLabels = z.object({ Labels: imageLabels.min(1) });

/** A registered image, as it is kept and as it travels. */
export interface ImageRecord extends Omit<z.infer<typeof addImage>, 'Labels'> {
  readonly ImageId: string;
  readonly Labels: readonly LabelRecord[];
  readonly UserId: string;
  readonly ParentUserId: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
}

const keys: SortKeys<ImageRecord> = { GmtCreateTime: ({ GmtCreateTime }) => GmtCreateTime };
const byDefault = { sortBy: 'GmtCreateTime', order: 'ASC', size: 20 } as const;

interface Store {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly images: Collection<ImageRecord>;
}

/** The images on disk. */
export function openImages(context: PaiContext): Collection<ImageRecord> {
  return new Collection({
    folder: path.join(context.folder, 'aiworkspace', 'images'),
    kind: 'Image',
    idOf: ({ ImageId }) => ImageId,
  });
}

/** Images: names for addresses. Nothing is pulled: commands run with this machine's programs. */
export function registerImages(store: Store): void {
  registerImageCalls(store);
  registerImageLabels(store);
}

function registerImageCalls({ app, context, images }: Store): void {
  app.post(PATH, async (request) => {
    const fields = parseBody(addImage, request.openApi.json());
    const isTaken = images
      .all()
      .some(({ Name, WorkspaceId }) => Name === fields.Name && WorkspaceId === fields.WorkspaceId);
    if (isTaken) throw nameTaken('Image', fields.Name);
    const now = context.clock().toISOString();
    const { ImageId } = await images.keep({
      ...fields,
      ImageId: fields.ImageId ?? newId('image'),
      Labels: withLabels([], fields.Labels),
      UserId: context.accountId,
      ParentUserId: context.accountId,
      GmtCreateTime: now,
      GmtModifiedTime: now,
    });
    return answer(request, { ImageId });
  });
  app.get(PATH, async (request) => {
    const query = request.openApi.parameters;
    const isExact = (query.get('Options') ?? '').includes('ExactMatchName');
    const items = images
      .all()
      .filter(
        ({ Name, Description = '', ImageUri, Accessibility, WorkspaceId, Labels }) =>
          (isExact ? equals : contains)(query.get('Name'), Name) &&
          contains(query.get('Query'), `${Name}\n${Description}`) &&
          contains(query.get('ImageUri'), ImageUri) &&
          equals(query.get('Accessibility'), Accessibility) &&
          equals(query.get('WorkspaceId'), WorkspaceId) &&
          hasAllLabels(query.get('Labels'), Labels),
      );
    const { page, total } = numberedPage({ items, query, keys, byDefault });
    const isVerbose = query.get('Verbose')?.toLowerCase() === 'true';
    const Images = page.map((image) => ({ ...image, Labels: isVerbose ? image.Labels : [] }));
    return answer(request, { Images, TotalCount: total });
  });
  app.get<WithResource>(`${PATH}/:id`, async (request) =>
    answer(request, images.get(request.params.id)),
  );
  app.put<WithResource>(`${PATH}/:id/publish`, async (request) => {
    const image = images.get(request.params.id);
    const GmtModifiedTime = context.clock().toISOString();
    await images.keep({ ...image, Accessibility: 'PUBLIC', GmtModifiedTime });
    return answer(request, { ImageId: request.params.id });
  });
  app.delete<WithResource>(`${PATH}/:id`, async (request) => {
    await images.remove(request.params.id);
    return answer(request, {});
  });
}

function registerImageLabels({ app, context, images }: Store): void {
  const set = async (id: string, change: (labels: readonly LabelRecord[]) => LabelRecord[]) => {
    const image = images.get(id);
    const GmtModifiedTime = context.clock().toISOString();
    await images.keep({ ...image, Labels: change(image.Labels), GmtModifiedTime });
  };
  app.post<WithResource>(`${PATH}/:id/labels`, async (request) => {
    const { Labels } = parseBody(addLabels, request.openApi.json());
    await set(request.params.id, (labels) => withLabels(labels, Labels));
    return answer(request, {});
  });
  app.delete<WithLabel>(`${PATH}/:id/labels/:key`, async (request) => {
    await set(request.params.id, (labels) => withoutLabels(labels, [request.params.key]));
    return answer(request, {});
  });
  app.get('/api/v1/image/labels', async (request) => {
    const query = request.openApi.parameters;
    const wanted = query.get('LabelKeys')?.split(',').filter(Boolean);
    const labels = images
      .all()
      .filter(
        ({ ImageId, WorkspaceId, Labels }) =>
          equals(query.get('ImageId'), ImageId) &&
          equals(query.get('WorkspaceId'), WorkspaceId) &&
          hasAllLabels(query.get('LabelFilter'), Labels),
      )
      .flatMap(({ Labels }) => Labels)
      .filter(({ Key }) => !wanted?.length || wanted.includes(Key));
    const distinct = new Map(labels.map((label) => [JSON.stringify(label), label]));
    return answer(request, { Labels: [...distinct.values()], TotalCount: distinct.size });
  });
}
