/** One step of the schema. Once released it never changes; what comes later is another file with the next number. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements separated by semicolons, executed in one transaction. */
  readonly sql: string;
}
