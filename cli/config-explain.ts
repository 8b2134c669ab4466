/** `pai-loop config explain`: each value of the settings and where it came from. */
import { explainSettings, formatExplanation } from '../config/explain';
import { loadRunningSettings } from '../config/running-settings';

/** Prints the settings with their origins; secrets are masked. */
export async function explain(input: {
  readonly root: string;
  readonly json?: boolean;
}): Promise<void> {
  const loaded = await loadRunningSettings({ root: input.root, env: process.env });
  const values = explainSettings(loaded);
  const text = input.json ? JSON.stringify({ values }) : formatExplanation(values);
  process.stdout.write(`${text}\n`);
}
