import type { AssessmentView } from '../entities/assessment-view.ts';
import type { Services } from './context.ts';

/**
 * The time before which the model is not called for an assessment: its own, after a failed attempt, or that of the next
 * budget; null if there is none in the future.
 */
export function nextTryAt(
  { status, notBefore }: Pick<AssessmentView, 'status' | 'notBefore'>,
  { budgetResetsAt }: Pick<Services, 'budgetResetsAt'>,
  nowMs = Date.now(),
): Date | null {
  if (status !== 'submitted') return null;
  const latestMs = Math.max(notBefore?.getTime() ?? 0, budgetResetsAt()?.getTime() ?? 0);
  return latestMs > nowMs ? new Date(latestMs) : null;
}
