import { z } from 'zod';
import { invalidParameter, missingParameter } from '../api-error';

/** The registry's limit for a version's metrics, as JSON. */
export const MAX_METRICS_BYTES = 8192;

const jsonObject = z.record(z.string(), z.unknown());
const label = z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256).default('') });
const labels = z.array(label);
const jsonText = z.string().refine(isJson, 'must be JSON text');
const metrics = jsonObject.refine(
  (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_METRICS_BYTES,
  `must not be longer than ${MAX_METRICS_BYTES} bytes as JSON`,
);

const modelFields = {
  ModelDescription: z.string().optional(),
  ModelDoc: z.string().optional(),
  ModelType: z.string().optional(),
  Accessibility: z.enum(['PRIVATE', 'PUBLIC']).optional(),
  Domain: z.string().optional(),
  Task: z.string().optional(),
  Origin: z.string().optional(),
  OrderNumber: z.number().int().optional(),
  ParameterSize: z.number().int().optional(),
  ExtraInfo: jsonObject.optional(),
};
const modelName = z.string().min(1).max(127);

const versionFields = {
  VersionDescription: z.string().optional(),
  ApprovalStatus: z.enum(['Pending', 'Approved', 'Rejected']).optional(),
  Metrics: metrics.optional(),
  InferenceSpec: jsonObject.optional(),
  TrainingSpec: jsonObject.optional(),
  EvaluationSpec: jsonObject.optional(),
  CompressionSpec: jsonObject.optional(),
  DistillationSpec: jsonObject.optional(),
  ExtraInfo: jsonObject.optional(),
  Options: jsonText.optional(),
  SourceType: z.enum(['Custom', 'PAIFlow', 'TrainingService']).optional(),
  SourceId: z.string().optional(),
};

/** Body of CreateModel. */
export const createModel = z.object({
  ...modelFields,
  ModelName: modelName,
  WorkspaceId: z.string().optional(),
  Labels: labels.default([]),
  Tag: labels.default([]),
});

/** Body of UpdateModel. */
export const updateModel = z.object({ ...modelFields, ModelName: modelName.optional() });

/** Body of CreateModelVersion. */
export const createVersion = z
  .object({
    ...versionFields,
    Uri: z.string().regex(/^(oss|https?):\/\/.+/, 'must be an oss:// or http(s):// address'),
    VersionName: z
      .string()
      .regex(/^\d+\.\d+\.\d+(_\w+)?$/, 'must be major.minor.patch, perhaps with _suffix')
      .optional(),
    FormatType: z
      .enum([
        'OfflineModel',
        'SavedModel',
        'Keras H5',
        'Frozen Pb',
        'Caffe Prototxt',
        'TorchScript',
        'XGBoost',
        'PMML',
        'AlinkModel',
        'ONNX',
      ])
      .optional(),
    FrameworkType: z
      .enum(['Pytorch', 'XGBoost', 'Keras', 'Caffe', 'Alink', 'Xflow', 'TensorFlow'])
      .optional(),
    Labels: labels.default([]),
  })
  .refine(hasFittingSource, {
    path: ['SourceId'],
    message: 'must be region=…,workspaceId=…,kind=…,id=… for this SourceType',
  });

/** Body of UpdateModelVersion. */
export const updateVersion = z.object(versionFields);

/** Body of the operations that set labels. */
export const setLabels = z.object({ Labels: labels.min(1) });

/** Checks a body; a refusal names the first field that is wrong. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue.path.join('.');
  const absent = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
    body ?? {},
  );
  throw absent === undefined ? missingParameter(field) : invalidParameter(field, issue.message);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function hasFittingSource(version: {
  readonly SourceType?: string;
  readonly SourceId?: string;
}): boolean {
  const { SourceType = 'Custom', SourceId } = version;
  if (SourceType === 'Custom' || SourceId === undefined) return true;
  return /^region=[^,]+,workspaceId=[^,]+,kind=(PipelineRun|ServiceJob),id=[^,]+$/.test(SourceId);
}
