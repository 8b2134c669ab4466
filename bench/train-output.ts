/** What a training program of the bench prints as one JSON object; ours and the peer's alike. */
export interface TrainOutput {
  readonly rows: {
    readonly clean: number;
    readonly train: number;
    readonly validation: number;
    readonly test: number;
  };
  /** Columns that VIF dropped, in that order. */
  readonly dropped: readonly string[];
  readonly features: number;
  readonly models: readonly TrainedKind[];
  /** Milliseconds by step, of the program's own clock. */
  readonly steps: Readonly<Record<string, number>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Figures of one kind of model. */
export interface TrainedKind {
  readonly kind: string;
  readonly trainR2: number;
  readonly validationR2: number;
  readonly validationMse: number;
  readonly parameters: Readonly<Record<string, number>>;
}
