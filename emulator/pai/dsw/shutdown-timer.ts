/** The longest delay that a timer of Node takes; a later time is reached in several steps. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls back once at a time of the wall clock, however far away; can be set again and cleared. */
export class ShutdownTimer {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: () => Date,
    private readonly onDue: () => void,
  ) {}

  set(due: Date): void {
    this.clear();
    const delay = Math.max(0, due.getTime() - this.clock().getTime());
    this.timer = setTimeout(
      () => (delay > MAX_DELAY_MS ? this.set(due) : this.onDue()),
      Math.min(delay, MAX_DELAY_MS),
    );
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
