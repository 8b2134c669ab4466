import { CloudError } from '../alibaba/cloud-error';

/** The answer, or undefined where the service says that the thing is not there (404). */
export async function unlessAbsent<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CloudError && error.statusCode === 404) return undefined;
    throw error;
  }
}
