import type { TrainOutput } from './train-output';

/** Forests draw their ties differently; a published figure may move by this much. */
const FOREST = 0.003;
/** Linear models are the same up to rounding. */
const LINE = 1e-9;

/** Throws with every difference between what two programs trained, apart from rounding and a forest's ties. */
export function expectSameTraining(input: {
  readonly ours: TrainOutput;
  readonly theirs: TrainOutput;
}): void {
  const { ours, theirs } = input;
  const wrong: string[] = [];
  const same = (what: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) !== JSON.stringify(b)) {
      wrong.push(`${what}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
    }
  };
  const near = (what: string, a: number, b: number, tolerance: number): void => {
    if (!(Math.abs(a - b) <= tolerance)) wrong.push(`${what}: ${a} and ${b}`);
  };
  same('rows', ours.rows, theirs.rows);
  same('dropped columns', ours.dropped, theirs.dropped);
  same('features', ours.features, theirs.features);
  same(
    'kinds',
    ours.models.map(({ kind }) => kind),
    theirs.models.map(({ kind }) => kind),
  );
  ours.models.forEach((model, i) => {
    const other = theirs.models[i];
    const forest = model.kind === 'randomForest';
    const tolerance = forest ? FOREST : LINE;
    near(`${model.kind} train R²`, model.trainR2, other.trainR2, tolerance);
    near(`${model.kind} validation R²`, model.validationR2, other.validationR2, tolerance);
    same(`${model.kind} parameters`, model.parameters, other.parameters);
    if (!forest) near(`${model.kind} MSE`, model.validationMse / other.validationMse, 1, LINE);
  });
  if (wrong.length > 0) {
    throw new Error(`the programs did not train the same:\n  ${wrong.join('\n  ')}`);
  }
}
