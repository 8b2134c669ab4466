import path from 'node:path';
import type { PaiContext } from '../context';
import type { WorkspaceAssets } from '../dlc/job-environment';
import { type CodeSourceRecord, openCodeSources } from './code-sources';
import type { Collection } from './collection';
import { Datasets } from './datasets';
import { Experiments } from './experiments';
import { type ImageRecord, openImages } from './images';
import { type LineageRecord, openLineages } from './lineages';
import { Models } from './models';
import { Runs } from './runs';
import { Workspaces } from './workspaces';

/** Everything that AIWorkspace keeps. */
export class AiWorkspace implements WorkspaceAssets {
  readonly models: Models;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly datasets: Datasets;
  readonly workspaces: Workspaces;
  readonly codeSources: Collection<CodeSourceRecord>;
  readonly images: Collection<ImageRecord>;
  readonly lineages: Collection<LineageRecord>;

  constructor(context: PaiContext) {
    const below = (name: string): string => path.join(context.folder, 'aiworkspace', name);
    this.models = new Models(context);
    this.experiments = new Experiments({ context, folder: below('experiments') });
    this.runs = new Runs({ context, folder: below('runs') });
    this.datasets = new Datasets({ context, folder: below('datasets') });
    this.workspaces = new Workspaces(context);
    this.codeSources = openCodeSources(context);
    this.images = openImages(context);
    this.lineages = openLineages(context);
  }

  dataset(id: string, version?: string): ReturnType<WorkspaceAssets['dataset']> {
    const versions = this.datasets.find(id)?.versions ?? [];
    const found = version
      ? versions.find(({ VersionName }) => VersionName === version)
      : versions[0];
    if (!found) return undefined;
    const { mountPath } = JSON.parse(found.Options ?? '{}') as { readonly mountPath?: unknown };
    return { Uri: found.Uri, mountPath: typeof mountPath === 'string' ? mountPath : undefined };
  }

  codeSource(id: string): ReturnType<WorkspaceAssets['codeSource']> {
    return this.codeSources.find(id);
  }
}
