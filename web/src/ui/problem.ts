/** What went wrong, in the user's words: by the stable code if the dictionary has it, else as the server says it. */
import { ApiError } from '../api/client';
import type { Problem } from '../api/types';
import { isKey, type Translate } from '../i18n';

/** A proxy before the server says so of itself, in its own words, when the server does not answer. */
const OF_A_PROXY: readonly number[] = [502, 503, 504];

export function problemText(problem: Problem, t: Translate): string {
  if (problem.code === undefined && OF_A_PROXY.includes(problem.status)) return t('error.unreachable');
  const key = `error.${problem.code ?? ''}`;
  const detail = problem.detail ?? problem.title ?? problem.code ?? '';
  const text = isKey(key) ? t(key, { detail }) : t('error.other', { status: problem.status, detail });
  return problem.trace_id && problem.status >= 500 && problem.code !== 'recovering'
    ? `${text} (${t('error.trace', { trace: problem.trace_id })})`
    : text;
}

export function errorText(error: unknown, t: Translate): string {
  if (error instanceof ApiError) return problemText(error.problem, t);
  return t('error.other', { status: '', detail: error instanceof Error ? error.message : String(error) });
}

/** Like `errorText`, for a route that an older server may not have: then it says that, and not only that something is missing. */
export function routeErrorText(error: unknown, t: Translate): string {
  return isUnknownRoute(error) ? t('error.no_route') : errorText(error, t);
}

/** The server knows the path not at all, or not with this method; a thing that is missing on a known path is named. */
export function isUnknownRoute(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const { status, detail } = error.problem;
  return status === 405 || (status === 404 && (detail === undefined || detail === 'there is no such path'));
}
