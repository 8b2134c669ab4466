import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PaiContext } from '../context';
import { Collection } from './collection';
import { answer } from './request-parts';
import { parseBody } from './schemas';

const attributes = z.record(z.string(), z.unknown());
const entity = z.object({
  QualifiedName: z.string().min(1).optional(),
  EntityType: z.string().min(1).optional(),
  Name: z.string().optional(),
  Attributes: attributes.default({}),
});
const registerLineage = z.object({
  QualifiedName: z.string().min(1),
  Name: z.string().optional(),
  Attributes: attributes.default({}),
  InputEntities: z.array(entity),
  OutputEntities: z.array(entity),
  RegisterTaskAsEntity: z.boolean().default(false),
});

type Entity = z.infer<typeof entity>;
type Registration = z.infer<typeof registerLineage>;

/** One edge: the destination was made from the source. */
interface Relation {
  readonly SrcEntityQualifiedName: string;
  readonly DestEntityQualifiedName: string;
  readonly RelationshipGuid: string;
}

/** What a task read and wrote, as it was registered; one a registration. */
export interface LineageRecord extends Registration {
  readonly RelationshipGuid: string;
  readonly relations: readonly Relation[];
  readonly UserId: string;
  readonly GmtCreateTime: string;
}

/** The registrations on disk. */
export function openLineages(context: PaiContext): Collection<LineageRecord> {
  return new Collection({
    folder: path.join(context.folder, 'aiworkspace', 'lineages'),
    kind: 'Lineage',
    idOf: ({ RelationshipGuid }) => RelationshipGuid,
  });
}

/** RegisterLineage, which only alipai's own client has. */
export function registerLineages(store: {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly lineages: Collection<LineageRecord>;
}): void {
  const { app, context, lineages } = store;
  app.post('/api/v1/lineages', async (request) => {
    const registration = parseBody(registerLineage, request.openApi.json());
    const inputs = named(registration.InputEntities);
    const outputs = named(registration.OutputEntities);
    const guid = randomUUID();
    const record = await lineages.keep({
      ...registration,
      RelationshipGuid: guid,
      relations: relationsOf({ registration, inputs, outputs, guid }),
      UserId: context.accountId,
      GmtCreateTime: context.clock().toISOString(),
    });
    return answer(request, {
      AllSuccess: true,
      EntityMap: Object.fromEntries([...inputs, ...outputs]),
      Relations: record.relations.map((LineageRelation) => ({ Result: true, LineageRelation })),
      Relationship: {
        RelationshipGuid: guid,
        RelationshipType: registration.QualifiedName.split('.')[0],
        Attributes: registration.Attributes,
      },
    });
  });
}

/** Entities by qualified name; a file without one is named by its type and its attributes. */
function named(entities: readonly Entity[]): ReadonlyMap<string, Entity> {
  return new Map(
    entities.map((one) => {
      const { Bucket, Path, FileSystemId, PvcName, Uri } = one.Attributes;
      const parts = [one.EntityType, Bucket ?? FileSystemId ?? PvcName, Path ?? Uri ?? one.Name];
      const name = one.QualifiedName ?? parts.filter((part) => part !== undefined).join('.');
      return [name, { ...one, QualifiedName: name }];
    }),
  );
}

function relationsOf(options: {
  readonly registration: Registration;
  readonly inputs: ReadonlyMap<string, Entity>;
  readonly outputs: ReadonlyMap<string, Entity>;
  readonly guid: string;
}): readonly Relation[] {
  const { registration, inputs, outputs, guid } = options;
  const task = registration.QualifiedName;
  const relation = (source: string, destination: string): Relation => ({
    SrcEntityQualifiedName: source,
    DestEntityQualifiedName: destination,
    RelationshipGuid: guid,
  });
  const sources = [...inputs.keys()];
  const destinations = [...outputs.keys()];
  return registration.RegisterTaskAsEntity
    ? [
        ...sources.map((name) => relation(name, task)),
        ...destinations.map((name) => relation(task, name)),
      ]
    : sources.flatMap((source) => destinations.map((name) => relation(source, name)));
}
