/** A label of a model or a version. */
export interface RegistryLabel {
  readonly Key: string;
  readonly Value: string;
}

/** Whether a version may be used; the registry's own review states. */
export type ApprovalStatus = 'Pending' | 'Approved' | 'Rejected';

/** Any JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What is said of a model when it is created. */
export interface CreateModelRequest {
  /** 1 to 127 characters, unique in its workspace. */
  readonly ModelName: string;
  readonly WorkspaceId?: string;
  readonly ModelDescription?: string;
  readonly ModelDoc?: string;
  readonly ModelType?: string;
  readonly Accessibility?: 'PRIVATE' | 'PUBLIC';
  readonly Domain?: string;
  readonly Task?: string;
  readonly Origin?: string;
  readonly Labels?: readonly RegistryLabel[];
  readonly ExtraInfo?: JsonObject;
}

/** A model, with its latest version. Times are ISO 8601 in UTC. */
export interface RegisteredModel extends CreateModelRequest {
  readonly ModelId: string;
  readonly LatestVersion?: ModelVersion;
  readonly GmtCreateTime?: string;
  readonly GmtModifiedTime?: string;
  readonly GmtLatestVersionModifiedTime?: string;
}

/** What of a version can be changed after its creation (not its URI, not its labels). */
export interface ModelVersionChanges {
  readonly VersionDescription?: string;
  readonly ApprovalStatus?: ApprovalStatus;
  /** At most 8,192 bytes as JSON. */
  readonly Metrics?: JsonObject;
  readonly InferenceSpec?: JsonObject;
  readonly TrainingSpec?: JsonObject;
  readonly EvaluationSpec?: JsonObject;
  readonly ExtraInfo?: JsonObject;
  /** JSON text. */
  readonly Options?: string;
  readonly SourceType?: 'Custom' | 'PAIFlow' | 'TrainingService';
  readonly SourceId?: string;
}

/** What is said of a version when it is created. */
export interface CreateModelVersionRequest extends ModelVersionChanges {
  /** `oss://bucket.endpoint/key`, or an HTTP URL. */
  readonly Uri: string;
  /** `major.minor.patch[_suffix]`; by default 0.1.0, then the minor number plus one. */
  readonly VersionName?: string;
  readonly FormatType?: string;
  readonly FrameworkType?: string;
  readonly Labels?: readonly RegistryLabel[];
}

/** A version of a model. */
export interface ModelVersion extends CreateModelVersionRequest {
  readonly VersionName: string;
  readonly GmtCreateTime?: string;
  readonly GmtModifiedTime?: string;
}

/** Order of a listing; the API sorts by the time of creation only. */
export interface Listing {
  readonly SortBy?: 'GmtCreateTime';
  readonly Order?: 'ASC' | 'DESC';
  readonly PageNumber?: number;
  readonly PageSize?: number;
}

/** Filters of ListModels. `ModelName` matches a part; in literal double quotes the whole name. */
export interface ListModelsRequest extends Listing {
  readonly ModelName?: string;
  readonly WorkspaceId?: string;
  /** Part of a label's key or value. */
  readonly Label?: string;
  readonly Query?: string;
  readonly Domain?: string;
  readonly Task?: string;
}

/** Filters of ListModelVersions. */
export interface ListModelVersionsRequest extends Listing {
  readonly VersionName?: string;
  readonly ApprovalStatus?: ApprovalStatus;
  readonly Label?: string;
  readonly SourceType?: string;
  readonly SourceId?: string;
  readonly FormatType?: string;
  readonly FrameworkType?: string;
}
