/** A clock with the face of a film, for variants that have none. */
export class StillClock {
  readyState: number = 4;
  seeking: boolean = false;
  duration = 0;
  paused = true;
  #rate = 1;
  #fromS = 0;
  #sinceMs = 0;

  get currentTime(): number {
    const ran = this.paused ? 0 : ((performance.now() - this.#sinceMs) / 1000) * this.#rate;
    return Math.min(this.duration, this.#fromS + ran);
  }

  set currentTime(seconds: number) {
    this.#fromS = Math.min(this.duration, Math.max(0, seconds));
    this.#sinceMs = performance.now();
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.currentTime = this.currentTime;
    this.#rate = rate;
  }

  play(): Promise<void> {
    this.currentTime = this.currentTime;
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.currentTime = this.currentTime;
    this.paused = true;
  }
}
