/** A name that nothing else has. */
export function newId(): string {
  // Absent on plain-http hosts other than loopback, where Jupyter is often served.
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
