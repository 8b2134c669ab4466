import type { FastifyInstance } from 'fastify';
import type { PaiContext } from '../context';
import type { Jobs } from './jobs';

/** What the routes of DLC need. */
export interface DlcRoutes {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly jobs: Jobs;
  /** Of the workspace that a request without one belongs to. */
  readonly defaultWorkspace: () => string;
  readonly workspaceName: (workspaceId: string) => string | undefined;
}
