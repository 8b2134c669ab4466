/** One thing that a suite looked at: `{"check": "...", "ok": true, "detail": "..."}` on a line of its output. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  readonly detail?: string;
}
